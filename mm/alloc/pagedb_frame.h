/* SPDX-License-Identifier: MIT */
/*
 * One frame between in use and free: the part of the page database that is on the allocator's
 * shortest path, inline. For the allocator only; like pagedb_use and pagedb_free, it leaves the
 * block's state, list and flags to the caller. So short because free_words is left too, for the
 * few times that a word's first frame comes or its last one goes.
 */
#ifndef MM_PAGEDB_FRAME_H
#define MM_PAGEDB_FRAME_H

#include <lib/bits.h>
#include <mm/pagedb.h>

/*
 * Free → in use: the lowest free frame in a word of the block's that has one; answers its bit.
 * If `rest`, what else is free in the word, is 0, block_word_emptied() must follow.
 */
static inline unsigned int block_use_lowest(struct block *b, uint64_t *free, uint64_t *rest)
{
	uint64_t word = *free;

	*rest = word & (word - 1);
	*free = *rest;
	b->nr_free--;
	return bits_lowest(word);
}

static inline void block_word_emptied(struct block *b, const uint64_t *free)
{
	b->free_words &= ~(1U << (free - b->free));
}

/*
 * In use → free. False, and nothing done, if the frame is not in use. What was free in its word
 * before and is now; if `before` is 0, block_word_begun() must follow.
 */
static inline bool block_free_one(struct block *b, pfn_t pfn, uint64_t *before, uint64_t *now)
{
	unsigned int w = pfn.v / BITS_WORD % BLOCK_WORDS;
	unsigned int bit = pfn.v % BITS_WORD;

	*before = b->free[w];
	*now = *before | 1ULL << bit;
	if (unlikely(((*before | b->absent[w]) >> bit) & 1))
		return false;
	b->free[w] = *now;
	b->nr_free++;
	return true;
}

static inline void block_word_begun(struct block *b, pfn_t pfn)
{
	b->free_words |= 1U << (pfn.v / BITS_WORD % BLOCK_WORDS);
}

#endif
