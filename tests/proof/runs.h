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

#endif
