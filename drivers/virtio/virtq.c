/* SPDX-License-Identifier: MIT */
/* The split virtqueue (VIRTIO 1.2 §2.7). Little-endian, as all our ports are. */
#include <lib/addr.h>
#include <lib/bug.h>
#include <lib/errno.h>

#include "drivers/virtio/virtq.h"

#define DESC_NEXT      1U
#define DESC_WRITE     2U
#define USED_NO_NOTIFY 1U

struct virtq_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};

struct virtq_avail {
	uint16_t flags, idx, ring[];
};

struct virtq_used {
	uint16_t flags, idx;
	struct virtq_used_elem {
		uint32_t id, len;
	} ring[];
};

static_assert(sizeof(struct virtq_desc) == 16, "VIRTIO 1.2 §2.7.5");
static_assert(sizeof(struct virtq_used_elem) == 8, "VIRTIO 1.2 §2.7.8");

/* The rings end in a word for events, which is not used but must be there. */
static size_t avail_bytes(unsigned int size)
{
	return sizeof(struct virtq_avail) + (size + 1) * sizeof(uint16_t);
}

static size_t used_offset(unsigned int size, size_t align)
{
	return ALIGN_UP(size * sizeof(struct virtq_desc) + avail_bytes(size), align);
}

size_t virtq_bytes(unsigned int size, size_t align)
{
	return used_offset(size, align) + sizeof(struct virtq_used) +
	       size * sizeof(struct virtq_used_elem) + sizeof(uint16_t);
}

void virtq_init(struct virtq *vq, void *memory, unsigned int size, size_t align)
{
	char *base = memory;

	assert(size && size <= VIRTQ_SIZE_MAX && (size & (size - 1)) == 0);
	*vq = (struct virtq){
		.desc = memory,
		.avail = (struct virtq_avail *)(base + size * sizeof(struct virtq_desc)),
		.used = (struct virtq_used *)(base + used_offset(size, align)),
		.size = size,
		.nr_free = size,
	};
	for (unsigned int i = 0; i < size; i++)
		vq->entry[i].next = (uint16_t)(i + 1);
}

/* One entry off the free ones, filled. */
static uint16_t fill_entry(struct virtq *vq, const struct virtq_buffer *buffer, unsigned int flags)
{
	uint16_t i = vq->free;

	vq->free = vq->entry[i].next;
	vq->nr_free--;
	vq->desc[i] = (struct virtq_desc){
		.addr = buffer->addr,
		.len = buffer->bytes,
		.flags = (uint16_t)flags,
		.next = vq->free,
	};
	return i;
}

int virtq_add(struct virtq *vq, const struct virtq_buffer *buffer, unsigned int nr_out,
	      unsigned int nr_in, uint64_t token)
{
	unsigned int nr = nr_out + nr_in;
	uint16_t first = vq->free;
	uint64_t room = 0;

	assert(nr);
	if (vq->broken)
		return -EIO;
	if (nr > vq->nr_free)
		return -ENOSPC;
	for (unsigned int i = 0; i < nr; i++) {
		fill_entry(vq, &buffer[i],
			   (i < nr_out ? 0 : DESC_WRITE) | (i + 1 < nr ? DESC_NEXT : 0));
		room += i < nr_out ? 0 : buffer[i].bytes;
	}
	vq->entry[first].token = token;
	vq->entry[first].room = (uint32_t)MIN(room, (uint64_t)UINT32_MAX);
	vq->entry[first].in_use = (uint16_t)nr;
	vq->avail->ring[vq->avail_idx++ % vq->size] = first;
	return 0;
}

bool virtq_publish(struct virtq *vq)
{
	/* Entries before the index that shows them; that before the look whether to notify. */
	__atomic_store_n(&vq->avail->idx, vq->avail_idx, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !(READ_ONCE(vq->used->flags) & USED_NO_NOTIFY);
}

static int give_up(struct virtq *vq, const char *what, uint32_t number)
{
	vq->broken = true;
	vq->lie = what;
	vq->lie_number = number;
	return -EIO;
}

/* All entries of a chain are free again; the way through it is our own, not the shared one. */
static void free_chain(struct virtq *vq, uint16_t first)
{
	uint16_t last = first;

	for (unsigned int i = 1; i < vq->entry[first].in_use; i++)
		last = vq->entry[last].next;
	vq->nr_free += vq->entry[first].in_use;
	vq->entry[last].next = vq->free;
	vq->free = first;
	vq->entry[first].in_use = 0;
}

int virtq_take(struct virtq *vq, struct virtq_done *done)
{
	uint16_t ready;
	uint32_t id, len;

	if (vq->broken)
		return -EIO;
	ready = (uint16_t)(__atomic_load_n(&vq->used->idx, __ATOMIC_ACQUIRE) - vq->used_idx);
	if (!ready)
		return -EAGAIN;
	if (ready > virtq_in_flight(vq))
		return give_up(vq, "chain count", ready);
	id = READ_ONCE(vq->used->ring[vq->used_idx % vq->size].id);
	len = READ_ONCE(vq->used->ring[vq->used_idx % vq->size].len);
	if (id >= vq->size || !vq->entry[id].in_use)
		return give_up(vq, "chain id", id);
	if (len > vq->entry[id].room && vq->any_length)
		len = vq->entry[id].room;
	if (len > vq->entry[id].room)
		return give_up(vq, "length", len);
	vq->used_idx++;
	*done = (struct virtq_done){.token = vq->entry[id].token, .bytes = len};
	free_chain(vq, (uint16_t)id);
	return 0;
}

uint64_t virtq_avail_offset(const struct virtq *vq)
{
	return (uint64_t)((const char *)vq->avail - (const char *)vq->desc);
}

uint64_t virtq_used_offset(const struct virtq *vq)
{
	return (uint64_t)((const char *)vq->used - (const char *)vq->desc);
}

unsigned int virtq_in_flight(const struct virtq *vq)
{
	return (uint16_t)(vq->avail_idx - vq->used_idx);
}
