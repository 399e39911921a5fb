/* SPDX-License-Identifier: MIT */
/*
 * The range of frames that a proof of the page database is about, and what lib/bits.c does with its
 * part of a block.
 */
#ifndef PROOF_RANGES_H
#define PROOF_RANGES_H

#include "blocks.h"

/*
 * The range that a proof is about, and its part in each block. Which block the code has come to is
 * told to the solver as a literal: shown to be so, not assumed. The code goes on by pfn_add().
 */
#define ANY_BLOCK ~0UL
static unsigned long here = ANY_BLOCK;
static pfn_t first;
static unsigned long nr;
static unsigned long part[NR_BLOCKS]; /* frames */
static uint64_t part_mask[NR_BLOCKS][BLOCK_WORDS];

static inline unsigned long block_here(pfn_t pfn)
{
	unsigned long block = pfn.v >> BLOCK_ORDER;

	if (here == ANY_BLOCK)
		return block;
	prove(block == here, "block after block");
	return here;
}

/* Behind the end of the range nobody asks which frame it is. */
static inline pfn_t next_block(pfn_t pfn, unsigned long nr_frames)
{
	unsigned long next = pfn.v + nr_frames;

	here++;
	prove(next == first.v + nr || next == here * BLOCK_FRAMES, "block after block");
	return PFN(here * BLOCK_FRAMES);
}

/* What bits.c proves of lib/bits.c, for the part of the range that lies in this block. */
static const uint64_t *mask_of(unsigned long at, unsigned long n)
{
	prove(at == (first.v >> BLOCK_ORDER == here ? first.v % BLOCK_FRAMES : 0) &&
		      n == part[here],
	      "the part of the range in this block");
	return part_mask[here];
}

bool bitmap_none_set(const uint64_t *map, unsigned long at, unsigned long n)
{
	const uint64_t *mask = mask_of(at, n);
	uint64_t set = 0;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		set |= map[w] & mask[w];
	return !set;
}

bool bitmap_all_set(const uint64_t *map, unsigned long at, unsigned long n)
{
	const uint64_t *mask = mask_of(at, n);
	uint64_t clear = 0;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		clear |= ~map[w] & mask[w];
	return !clear;
}

void bitmap_set_range(uint64_t *map, unsigned long at, unsigned long n)
{
	const uint64_t *mask = mask_of(at, n);

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		map[w] |= mask[w];
}

void bitmap_clear_range(uint64_t *map, unsigned long at, unsigned long n)
{
	const uint64_t *mask = mask_of(at, n);

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		map[w] &= ~mask[w];
}

#endif
