/* SPDX-License-Identifier: MIT */
/* The device's side of a queue, as honest as what lies in memory lets it be; and calls of the
 * backend. */
#include <string.h>

#include "machine.h"

#define FIRST_FRAME 0x10000UL
#define EXTENTS_MAX 64U

struct used_element {
	uint32_t id, bytes;
};

bool machine_queue_is_lent(const struct machine_queue *queue)
{
	unsigned int size = queue->size;

	return size && !(size & (size - 1)) && queue->desc % 16 == 0 && queue->avail % 2 == 0 &&
	       queue->used % 4 == 0 && machine_is_lent(queue->desc, 16ULL * size) &&
	       machine_is_lent(queue->avail, 6 + 2ULL * size) &&
	       machine_is_lent(queue->used, 6 + 8ULL * size);
}

static uint16_t *word_at(uint64_t addr)
{
	return machine_memory(addr);
}

bool machine_queue_return(struct machine_queue *queue, unsigned int max)
{
	while (max-- && queue->seen != *word_at(queue->avail + 2)) {
		uint16_t *idx = word_at(queue->used + 2);
		uint16_t head = *word_at(queue->avail + 4 + 2ULL * (queue->seen++ % queue->size));
		struct used_element element = {.id = head};

		memcpy(machine_memory(queue->used + 4 + 8ULL * (*idx % queue->size)), &element,
		       sizeof(element));
		++*idx;
	}
	return queue->seen == *word_at(queue->avail + 2);
}

void machine_check_queue(const struct virtq *vq)
{
	bool is_free[VIRTQ_SIZE_MAX] = {false};
	unsigned int in_use = 0, chains = 0;
	uint16_t next = vq->free;

	for (unsigned int i = 0; i < vq->nr_free; i++, next = vq->entry[next].next) {
		assert(next < vq->size && !is_free[next] && !vq->entry[next].in_use);
		is_free[next] = true;
	}
	for (unsigned int i = 0; i < vq->size; i++) {
		in_use += vq->entry[i].in_use;
		chains += vq->entry[i].in_use != 0;
	}
	assert(in_use + vq->nr_free == vq->size && chains == virtq_in_flight(vq));
}

static void name_extents(pfn_t *extent, unsigned int nr, unsigned int order)
{
	for (unsigned int i = 0; i < nr; i++)
		extent[i] = PFN(FIRST_FRAME + ((unsigned long)i << order));
}

/* All or nothing, in the time that a driver may take. */
int machine_shrink(unsigned int nr, unsigned int order)
{
	pfn_t extent[EXTENTS_MAX];
	unsigned long frames = ~0UL;
	uint64_t before = machine_state.now;
	int err;

	assert(nr <= EXTENTS_MAX);
	name_extents(extent, nr, order);
	err = machine_state.backend->shrink(machine_state.backend, extent, nr, order, &frames);
	assert(err ? err == -EIO && frames <= (unsigned long)nr << order
		   : frames == (unsigned long)nr << order);
	assert(machine_state.now - before <= ((nr << order) / 256 + 4) * MACHINE_ANSWER);
	return err;
}

int machine_grow(unsigned int nr, unsigned int order)
{
	pfn_t extent[EXTENTS_MAX];
	unsigned int done = ~0U;
	int err;

	assert(nr <= EXTENTS_MAX);
	name_extents(extent, nr, order);
	err = machine_state.backend->grow(machine_state.backend, extent, nr, order, &done);
	assert(err ? err == -EIO && done == 0 : done == nr);
	return err;
}

int machine_report(unsigned int nr)
{
	pfn_t extent[EXTENTS_MAX];
	int err;

	assert(nr <= EXTENTS_MAX);
	name_extents(extent, nr, BLOCK_ORDER);
	/* With a gap, so that there are several ranges. */
	for (unsigned int i = nr / 2; i < nr; i++)
		extent[i] = PFN(extent[i].v + BLOCK_FRAMES);
	err = machine_state.backend->report(machine_state.backend, extent, nr);
	assert(err == 0 || err == -EIO || err == -ENODEV);
	return err;
}
