/* SPDX-License-Identifier: MIT */
/* Free runs inside one block: aligned, of 2^order frames, orders 0 to 8. Reads only. */
#ifndef MM_BLOCK_SEARCH_H
#define MM_BLOCK_SEARCH_H

#include <lib/bits.h>
#include <mm/pagedb.h>

#define WORD_ORDER 6U /* a word of the free field is a run of this order */

/* The lowest free run of 2^order frames; false if the block has none. */
bool block_find_run(const struct block *b, unsigned int order, unsigned int *offset);

/* Are words [first, end) free? */
bool block_words_are_free(const struct block *b, unsigned int first, unsigned int end);

/* Is the aligned run of 2^order frames that `offset` lies in free? */
static inline bool block_run_is_free(const struct block *b, unsigned int offset, unsigned int order)
{
	unsigned int first = offset >> order << order;
	unsigned int w = first / BITS_WORD;

	if (order <= WORD_ORDER)
		return !(~b->free[w] & bits_mask(first % BITS_WORD, 1U << order));
	return block_words_are_free(b, w, w + (1U << (order - WORD_ORDER)));
}

/* The order of the largest free run in a block that has something free and is not whole. */
unsigned int block_largest_order(const struct block *b);

#endif
