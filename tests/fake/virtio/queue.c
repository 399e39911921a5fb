/* SPDX-License-Identifier: MIT */
/*
 * The device's side of the split queue (VIRTIO 1.2 §2.7), written down anew from the standard. It
 * reads the rings at the addresses it was told, and fails the test where the driver lies.
 */
#include <arch/page.h>
#include <lib/bug.h>
#include <mm/mm.h>
#include <string.h>

#include "arch/linux/pagetable.h"
#include "device.h"

#define DESC_BYTES  16U
#define FLAG_NEXT   1U
#define FLAG_WRITE  2U
#define FLAGS_KNOWN (FLAG_NEXT | FLAG_WRITE)
#define NO_NOTIFY   1U

struct descriptor {
	uint64_t addr;
	uint32_t bytes;
	uint16_t flags, next;
};

struct used_element {
	uint32_t id, bytes;
};

void *fake_virtio_memory(uint64_t addr, uint64_t bytes)
{
	uint64_t last = addr + bytes - 1;

	assert(bytes && last >= addr);
	for (uint64_t page = addr >> PAGE_SHIFT; page <= last >> PAGE_SHIFT; page++)
		assert(linux_pt_is_mapped(pfn_to_virt(PFN((unsigned long)page))));
	return (char *)pfn_to_virt(paddr_to_pfn(PADDR(addr))) + addr % PAGE_SIZE;
}

static uint16_t read16(uint64_t addr)
{
	return *(uint16_t *)fake_virtio_memory(addr, sizeof(uint16_t));
}

static void write16(uint64_t addr, uint16_t value)
{
	*(uint16_t *)fake_virtio_memory(addr, sizeof(value)) = value;
}

static struct descriptor read_descriptor(const struct fake_queue *queue, uint16_t i)
{
	struct descriptor desc;

	assert(i < queue->size);
	memcpy(&desc, fake_virtio_memory(queue->desc + DESC_BYTES * i, DESC_BYTES), sizeof(desc));
	assert((desc.flags & ~FLAGS_KNOWN) == 0 && desc.bytes);
	return desc;
}

/* Buffers that the device reads come first (§2.7.4.2); no more than 2^32 bytes (§2.7.5.2). */
static void read_chain(const struct fake_queue *queue, uint16_t head, struct fake_chain *chain)
{
	uint16_t next = head;
	uint64_t total = 0;
	struct descriptor desc;

	*chain = (struct fake_chain){.head = head};
	do {
		bool writes;

		desc = read_descriptor(queue, next);
		writes = desc.flags & FLAG_WRITE;
		assert(chain->nr < FAKE_BUFFERS_MAX && chain->nr < queue->size);
		assert(writes || !chain->nr || !chain->buffer[chain->nr - 1].is_written);
		fake_virtio_memory(desc.addr, desc.bytes);
		total += desc.bytes;
		chain->buffer[chain->nr++] = (struct fake_buffer){desc.addr, desc.bytes, writes};
		next = desc.next;
	} while (desc.flags & FLAG_NEXT);
	assert(total <= 1ULL << 32);
}

/* Puts one element into the used ring, whatever it says, and shows it. */
static void put_used(struct fake_queue *queue, uint32_t id, uint32_t bytes)
{
	struct used_element element = {id, bytes};
	uint64_t at = queue->used + 4 + sizeof(element) * (queue->nr_used % queue->size);

	memcpy(fake_virtio_memory(at, sizeof(element)), &element, sizeof(element));
	write16(queue->used + 2, ++queue->nr_used);
}

static uint32_t room_of(const struct fake_queue *queue, uint16_t head)
{
	struct fake_chain chain;
	uint32_t room = 0;

	read_chain(queue, head, &chain);
	for (unsigned int i = 0; i < chain.nr; i++)
		room += chain.buffer[i].is_written ? chain.buffer[i].bytes : 0;
	return room;
}

static uint32_t not_lent(const struct fake_queue *queue)
{
	uint32_t i = 0;

	while (i + 1 < queue->size && queue->lent[i])
		i++;
	return i;
}

static void lie(struct fake_virtio *fake, struct fake_queue *queue, uint16_t head, uint32_t written)
{
	fake->has_lied = true;
	switch (fake->lie) {
	case LIE_SILENT:
		fake->silent = true;
		break;
	case LIE_NO_CHAIN:
		put_used(queue, queue->size, written);
		break;
	case LIE_NOT_LENT:
		queue->lent[head] = true;
		put_used(queue, not_lent(queue), written);
		break;
	case LIE_TWICE:
		put_used(queue, head, written);
		put_used(queue, head, written);
		break;
	case LIE_TOO_LONG:
		put_used(queue, head, room_of(queue, head) + 1);
		break;
	default:
		queue->nr_used = (uint16_t)(queue->nr_used + queue->size);
		put_used(queue, head, written);
	}
}

void fake_virtio_return(struct fake_virtio *fake, unsigned int index, uint16_t head,
			uint32_t written)
{
	struct fake_queue *queue = &fake->queue[index];
	bool lies =
		fake->lie && !fake->has_lied && fake->lie_queue == index && fake->lie_after-- == 0;

	assert(head < FAKE_QUEUE_ENTRIES && queue->lent[head]);
	queue->lent[head] = false;
	if (lies)
		lie(fake, queue, head, written);
	else
		put_used(queue, head, written);
	fake->interrupts |= VIRTIO_INTERRUPT_QUEUE;
}

static void serve_next(struct fake_virtio *fake, unsigned int index)
{
	struct fake_queue *queue = &fake->queue[index];
	uint16_t head = read16(queue->avail + 4 + 2 * (queue->seen++ % queue->size));
	struct fake_chain chain;
	uint32_t written = 0;

	assert(head < queue->size && !queue->lent[head]);
	read_chain(queue, head, &chain);
	queue->lent[head] = true;
	if (fake->model->serve(fake, index, &chain, &written))
		fake_virtio_return(fake, index, head, written);
}

static void serve_queue(struct fake_virtio *fake, unsigned int index)
{
	struct fake_queue *queue = &fake->queue[index];

	if (!queue->enabled)
		return;
	assert((uint16_t)(read16(queue->avail + 2) - queue->seen) <= queue->size);
	assert(read16(queue->avail) <= 1); /* flags (§2.7.7.1) */
	write16(queue->used, fake->wants_no_notice ? NO_NOTIFY : 0);
	while (!fake->silent && queue->enabled && queue->seen != read16(queue->avail + 2))
		serve_next(fake, index);
}

void fake_virtio_run(struct fake_virtio *fake)
{
	for (unsigned int i = 0; i < FAKE_QUEUES_MAX; i++)
		if (fake->status & STATUS_DRIVER_OK)
			serve_queue(fake, i);
}

void fake_queue_check_new(const struct fake_queue *queue)
{
	for (unsigned int i = 0; i < 2; i++)
		assert(!read16(queue->avail + 2 * i) && !read16(queue->used + 2 * i));
}

bool fake_queue_is_quiet(const struct fake_queue *queue)
{
	return read16(queue->used) & NO_NOTIFY;
}

void fake_queue_reset(struct fake_queue *queue)
{
	*queue = (struct fake_queue){0};
}
