/* SPDX-License-Identifier: MIT */
/* Runs of frames in a block's bit field, by another way than the code's. */
#ifndef PROOF_RUNS_H
#define PROOF_RUNS_H

#include <mm/pagedb.h>

/* The bits of word `w` from frame `first` of the block on. */
static inline uint64_t run_from_on(unsigned int w, unsigned int first)
{
	if (first >= (w + 1) * 64)
		return 0;
	return first <= w * 64 ? ~0ULL : ~0ULL << (first % 64);
}

/* The bits of word `w` that lie in [first, first + n). */
static inline uint64_t run_mask(unsigned int w, unsigned int first, unsigned int n)
{
	return run_from_on(w, first) & ~run_from_on(w, first + n);
}

/* Is the aligned run of 2^order frames that `at` lies in free? */
static inline bool run_free(const struct block *b, unsigned int at, unsigned int order)
{
	unsigned int first = at >> order << order;
	bool all = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		all = all && !(run_mask(w, first, 1U << order) & ~b->free[w]);
	return all;
}

/*
 * May `n` be the weight of the field? No more is said of it than the code asks: is it 0, or all. A
 * weight that changes by as many as its field is a weight again, so this is assumed after a change.
 */
static inline bool may_weigh(const uint64_t field[BLOCK_WORDS], unsigned int n)
{
	uint64_t any = 0, all = ~0ULL;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		any |= field[w];
		all &= field[w];
	}
	return n <= BLOCK_FRAMES && (n == 0) == (any == 0) && (n == BLOCK_FRAMES) == (all == ~0ULL);
}

#endif
