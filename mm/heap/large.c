/* SPDX-License-Identifier: MIT */
/* Large objects: whole pages, exactly as many as are needed. What the order has too many goes back.
 */
#include <mm/page_alloc.h>

#include "chunk.h"

static unsigned long frames_for(size_t bytes)
{
	return (unsigned long)DIV_ROUND_UP((uint64_t)bytes, PAGE_SIZE);
}

static unsigned int order_for(unsigned long nr_frames)
{
	unsigned int order = CHUNK_ORDER;

	while (order <= PAGE_ORDER_MAX && 1UL << order < nr_frames)
		order++;
	return order;
}

/*
 * `nr_frames` from a place on that lies `skip` frames after a power of two which covers all.
 * At least the alignment of a chunk.
 */
static void *take_exactly(unsigned long skip, unsigned long nr_frames)
{
	unsigned int order = order_for(skip + nr_frames);
	unsigned long rest = (1UL << order) - skip - nr_frames;
	char *area = order <= PAGE_ORDER_MAX ? heap_take_pages(order) : NULL;
	char *first;

	if (!area)
		return NULL;
	first = area + skip * PAGE_SIZE;
	if (skip)
		heap_give_pages(area, skip);
	if (rest)
		heap_give_pages(first + nr_frames * PAGE_SIZE, rest);
	return first;
}

void *large_alloc(size_t size, size_t align)
{
	size_t offset = MAX(LARGE_OFFSET, MIN(align, CHUNK_SIZE));
	size_t skip = align > CHUNK_SIZE ? align - CHUNK_SIZE : 0;
	struct large *large;

	if (size > SIZE_MAX / 4 || align > SIZE_MAX / 4)
		return NULL;
	large = take_exactly(skip / PAGE_SIZE, frames_for(offset + size));
	if (!large)
		return NULL;
	large->magic = heap_magic(HEAP_LARGE, large);
	large->object = (char *)large + offset;
	large->nr_frames = frames_for(offset + size);
	heap_own(large);
	heap.nr_large++;
	heap.large_bytes += large_capacity(large);
	return large->object;
}

size_t large_capacity(const struct large *large)
{
	size_t offset = (uintptr_t)large->object - (uintptr_t)large;

	return large->nr_frames * PAGE_SIZE - offset;
}

bool large_resize(struct large *large, size_t size)
{
	size_t offset = (uintptr_t)large->object - (uintptr_t)large;
	unsigned long nr_frames, surplus;

	if (size > large_capacity(large))
		return false;
	nr_frames = frames_for(offset + size);
	surplus = large->nr_frames - nr_frames;
	if (surplus) {
		heap_give_pages((char *)large + nr_frames * PAGE_SIZE, surplus);
		heap.large_bytes -= surplus * PAGE_SIZE;
		large->nr_frames = nr_frames;
	}
	return true;
}

void large_free(struct large *large)
{
	heap.nr_large--;
	heap.large_bytes -= large_capacity(large);
	heap_disown(large);
	heap_give_pages(large, large->nr_frames);
	if (heap.nr_chunks == 1)
		slab_drop_spare();
}
