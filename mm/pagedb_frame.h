/* SPDX-License-Identifier: MIT */
/*
 * One frame between in use and free: the part of the page database that is on the allocator's
 * shortest path, inline. For pagedb.c and the allocator only; like pagedb_use and pagedb_free, it
 * leaves the block's state, list and flags to the caller.
 */
#ifndef MM_PAGEDB_FRAME_H
#define MM_PAGEDB_FRAME_H

#include <kernel/bits.h>
#include <kernel/bug.h>
#include <mm/pagedb.h>

/* Free → in use: the lowest free frame of a block that has one; answers its place in the block. */
static inline unsigned int block_use_lowest(struct block *b)
{
	unsigned int w = bits_lowest(b->free_words);
	uint64_t word = b->free[w];
	uint64_t rest = word & (word - 1);

	b->free[w] = rest;
	b->nr_free--;
	if (unlikely(!rest))
		b->free_words &= (uint8_t)(b->free_words - 1);
	return w * BITS_WORD + bits_lowest(word);
}

/* In use → free. */
static inline void block_free_one(struct block *b, unsigned int offset)
{
	unsigned int w = offset / BITS_WORD;
	uint64_t bit = 1ULL << (offset % BITS_WORD);

	assert(!((b->free[w] | b->absent[w]) & bit));
	b->free[w] |= bit;
	b->free_words |= (uint8_t)(1U << w);
	b->nr_free++;
}

#endif
