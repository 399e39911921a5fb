/* SPDX-License-Identifier: MIT */
/* Runs of blocks: see block_runs.h. Height 0 is a group; its span is made from its word. */
#include <kernel/bits.h>
#include <kernel/bug.h>

#include "block_runs.h"

#define GROUP_ORDER 6U

/* The lowest place in the word at which `n` bits are set side by side, 1 to 64; 64: nowhere. */
static unsigned int run_in_word(uint64_t word, unsigned int n)
{
	for (unsigned int have = 1, step; have < n; have += step) {
		step = MIN(have, n - have);
		word &= word >> step;
	}
	return word ? bits_lowest(word) : BITS_WORD;
}

/* By order: the places that are aligned to 2^order. */
static const uint64_t aligned_places[GROUP_ORDER + 1] = {
	0xffffffffffffffffULL, 0x5555555555555555ULL, 0x1111111111111111ULL, 0x0101010101010101ULL,
	0x0001000100010001ULL, 0x0000000100000001ULL, 0x0000000000000001ULL,
};

/* Bit i: 2^order bits are set from i on, which is aligned to as many. Orders 0 to 6. */
static uint64_t aligned_in_word(uint64_t word, unsigned int order)
{
	for (unsigned int k = 0; k < order; k++)
		word &= word >> (1U << k);
	return word & aligned_places[order];
}

static struct block_span span_of_word(uint64_t word)
{
	struct block_span span = {0};
	uint64_t left = word;

	if (!~word)
		return (struct block_span){BITS_WORD, BITS_WORD, BITS_WORD, BITS_WORD};
	span.prefix = bits_lowest(~word);
	span.suffix = (uint32_t)__builtin_clzll(~word);
	for (; left; left &= left >> 1)
		span.longest++;
	for (unsigned int order = 0; aligned_in_word(word, order); order++)
		span.aligned = 1U << order;
	return span;
}

/* Of two neighbours of `size` blocks each. */
static struct block_span join(struct block_span a, struct block_span b, uint32_t size)
{
	bool whole = a.prefix == size && b.prefix == size;

	return (struct block_span){
		.prefix = a.prefix == size ? size + b.prefix : a.prefix,
		.suffix = b.suffix == size ? size + a.suffix : b.suffix,
		.longest = MAX(MAX(a.longest, b.longest), a.suffix + b.prefix),
		.aligned = whole ? 2 * size : MAX(a.aligned, b.aligned),
	};
}

/* The lowest height of a node that has all that the one of `height` at `lo` has. */
static unsigned int height_there(const struct block_runs *runs, unsigned int height,
				 unsigned long lo)
{
	while (height && lo + (1UL << (height - 1)) >= runs->nr)
		height--;
	return height;
}

static struct block_span span_at(const struct block_runs *runs, unsigned int height,
				 unsigned long lo)
{
	if (lo >= runs->nr)
		return (struct block_span){0};
	height = height_there(runs, height, lo);
	if (!height)
		return span_of_word(runs->group[lo].set);
	return runs->group[lo + (1UL << (height - 1)) - 1].span;
}

static bool same(const struct block_span *a, const struct block_span *b)
{
	return a->prefix == b->prefix && a->suffix == b->suffix && a->longest == b->longest &&
	       a->aligned == b->aligned;
}

/* Makes the nodes above a group right, from `height` on; ends where one stays as it is. */
static void update(struct block_runs *runs, unsigned long group, unsigned int height, bool all)
{
	for (; 1UL << (height - 1) < runs->nr; height++) {
		unsigned long lo = group >> height << height, half = 1UL << (height - 1);
		struct block_span span;

		if (lo + half >= runs->nr)
			continue;
		span = join(span_at(runs, height - 1, lo), span_at(runs, height - 1, lo + half),
			    (uint32_t)(half * BLOCK_GROUP));
		if (!all && same(&span, &runs->group[lo + half - 1].span))
			return;
		runs->group[lo + half - 1].span = span;
	}
}

void block_runs_init(struct block_runs *runs, struct block_group *group)
{
	*runs = (struct block_runs){.group = group};
}

void block_runs_extend(struct block_runs *runs, unsigned long nr_blocks)
{
	while (runs->nr * BLOCK_GROUP < nr_blocks) {
		runs->group[runs->nr] = (struct block_group){0};
		runs->nr++;
		update(runs, runs->nr - 1, 1, true);
	}
}

void block_runs_change(struct block_runs *runs, unsigned long block, bool in)
{
	unsigned long group = block / BLOCK_GROUP;
	uint64_t bit = 1ULL << (block % BLOCK_GROUP), *set = &runs->group[group].set;

	assert(group < runs->nr);
	*set = in ? *set | bit : *set & ~bit;
	update(runs, group, 1, false);
}

/* The height of the root. */
static unsigned int root(const struct block_runs *runs)
{
	unsigned int height = 0;

	while (1UL << height < runs->nr)
		height++;
	return height;
}

bool block_runs_find(const struct block_runs *runs, unsigned long nr, unsigned long *block)
{
	unsigned int height = root(runs);
	unsigned long lo = 0;

	assert(nr);
	if (span_at(runs, height, 0).longest < nr)
		return false;
	while ((height = height_there(runs, height, lo))) {
		unsigned long mid = lo + (1UL << --height);
		struct block_span left = span_at(runs, height, lo);

		if (left.longest >= nr)
			continue;
		if (left.suffix + span_at(runs, height, mid).prefix >= nr) {
			*block = mid * BLOCK_GROUP - left.suffix;
			return true;
		}
		lo = mid;
	}
	*block = lo * BLOCK_GROUP + run_in_word(runs->group[lo].set, (unsigned int)nr);
	return true;
}

bool block_runs_find_aligned(const struct block_runs *runs, unsigned int order,
			     unsigned long *block)
{
	unsigned int height = root(runs), end = order > GROUP_ORDER ? order - GROUP_ORDER : 0;
	unsigned long lo = 0;

	if (order >= 32 || span_at(runs, height, 0).aligned < 1U << order)
		return false;
	while ((height = height_there(runs, height, lo)) > end) {
		height--;
		if (span_at(runs, height, lo).aligned < 1U << order)
			lo += 1UL << height;
	}
	*block = lo * BLOCK_GROUP;
	if (order < GROUP_ORDER)
		*block += bits_lowest(aligned_in_word(runs->group[lo].set, order));
	return true;
}
