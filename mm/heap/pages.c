/* SPDX-License-Identifier: MIT */
/*
 * The heap's counts and its frames: taken from the page allocator, and known by one bit a chunk in
 * the page database, so that nothing is read at an address before it is known to be the heap's.
 */
#include <lib/bug.h>

#include "chunk.h"

struct heap heap;

void *heap_take_pages(unsigned int order)
{
	void *va = page_alloc(order, PAGE_RECLAIMABLE);

	if (va)
		heap.nr_frames += 1UL << order;
	return va;
}

void heap_give_pages(void *va, unsigned long nr_frames)
{
	heap.nr_frames -= nr_frames;
	page_free_range(va, nr_frames);
}

void heap_own(const void *chunk)
{
	struct block *block = pagedb_block(&kernel_mm.db, pfn_block(virt_to_pfn(chunk)));

	assert(block && !(block->heap_chunks & chunk_bit(chunk)));
	block->heap_chunks |= chunk_bit(chunk);
	heap.nr_chunks++;
}

void heap_disown(const void *chunk)
{
	struct block *block = pagedb_block(&kernel_mm.db, pfn_block(virt_to_pfn(chunk)));

	assert(block && block->heap_chunks & chunk_bit(chunk));
	block->heap_chunks &= ~chunk_bit(chunk);
	heap.nr_chunks--;
}
