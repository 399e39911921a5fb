/* SPDX-License-Identifier: MIT */
/* Finds free runs in the bit field of one block, a word at a time. */
#include <lib/bug.h>

#include "block_search.h"

/* Bit i: a run of 2^order may start at i, by alignment. */
static const uint64_t run_starts[WORD_ORDER + 1] = {
	0xffffffffffffffffULL, 0x5555555555555555ULL, 0x1111111111111111ULL, 0x0101010101010101ULL,
	0x0001000100010001ULL, 0x0000000100000001ULL, 0x0000000000000001ULL,
};

/* Bit i: an aligned run of 2^order free frames starts at i. Orders up to a word. */
static uint64_t word_runs(uint64_t word, unsigned int order)
{
	for (unsigned int k = 0; k < order; k++)
		word &= word >> (1U << k);
	return word & run_starts[order];
}

bool block_words_are_free(const struct block *b, unsigned int first, unsigned int end)
{
	for (unsigned int w = first; w < end; w++) {
		if (b->free[w] != ~0ULL)
			return false;
	}
	return true;
}

static bool find_in_words(const struct block *b, unsigned int order, unsigned int *offset)
{
	for (unsigned int words = b->free_words; words; words &= words - 1) {
		unsigned int w = bits_lowest(words);
		uint64_t runs = word_runs(b->free[w], order);

		if (runs) {
			*offset = w * BITS_WORD + bits_lowest(runs);
			return true;
		}
	}
	return false;
}

bool block_find_run(const struct block *b, unsigned int order, unsigned int *offset)
{
	assert(order < BLOCK_ORDER);
	if (order <= WORD_ORDER)
		return find_in_words(b, order, offset);
	for (unsigned int at = 0; at < BLOCK_FRAMES; at += 1U << order) {
		if (block_run_is_free(b, at, order)) {
			*offset = at;
			return true;
		}
	}
	return false;
}

unsigned int block_largest_order(const struct block *b)
{
	unsigned int order = BLOCK_ORDER - 1, offset;

	assert(b->nr_free);
	while (!block_find_run(b, order, &offset))
		order--;
	return order;
}
