/* SPDX-License-Identifier: MIT */
/* Free runs inside one block: aligned, of 2^order frames, orders 0 to 8. Reads only. */
#ifndef MM_BLOCK_SEARCH_H
#define MM_BLOCK_SEARCH_H

#include <kernel/bits.h>
#include <mm/pagedb.h>

/* The lowest free run of 2^order frames; false if the block has none. */
bool block_find_run(const struct block *b, unsigned int order, unsigned int *offset);

/* The order of the largest free run in a block that is neither empty nor whole. */
unsigned int block_largest_order(const struct block *b);

/* Is the aligned run of 2^order frames that `offset` lies in free? */
static inline bool block_run_is_free(const struct block *b, unsigned int offset, unsigned int order)
{
	unsigned int first = offset >> order << order;
	unsigned int w = first / BITS_WORD;

	if (likely(order < 6)) {
		uint64_t mask = ((1ULL << (1U << order)) - 1) << (first % BITS_WORD);

		return (b->free[w] & mask) == mask;
	}
	for (unsigned int end = w + (1U << (order - 6)); w < end; w++) {
		if (b->free[w] != ~0ULL)
			return false;
	}
	return true;
}

#endif
