/* SPDX-License-Identifier: MIT */
/*
 * A set of blocks in which runs of neighbours are found in O(log n): a word of bits for each 64
 * blocks (a group), and over the groups a binary tree that says how its runs begin, end and how
 * long they are. 24 bytes a group, 192 a GiB.
 *
 * The tree lies in order among the groups: the node over groups [lo, lo + 2^h) is kept in group
 * lo + 2^(h-1) - 1, the last one of its left half. So it grows by groups added at the end, and
 * nothing is kept beyond those. A node whose right half is not there is its left half.
 *
 * Reads and writes its own memory only. The caller keeps interrupts off.
 */
#ifndef MM_BLOCK_RUNS_H
#define MM_BLOCK_RUNS_H

#include <kernel/types.h>

#define BLOCK_GROUP 64UL /* blocks in a group */

/* Of the blocks under a node, which all lie side by side. */
struct block_span {
	uint32_t prefix, suffix; /* blocks of the set that it begins and ends with */
	uint32_t longest;	 /* blocks of its longest run */
	uint32_t aligned;	 /* blocks of its longest run of 2^k, aligned to 2^k; or 0 */
};

struct block_group {
	uint64_t set; /* bit i: block 64·g + i is in the set */
	struct block_span span;
};

struct block_runs {
	struct block_group *group;
	unsigned long nr; /* groups */
};

/* An empty set of no groups, over memory that is there as far as block_runs_extend() goes. */
void block_runs_init(struct block_runs *runs, struct block_group *group);

/* Adds groups, none of whose blocks is in the set, up to so many blocks. */
void block_runs_extend(struct block_runs *runs, unsigned long nr_blocks);

/* Puts a block into the set, or takes it out. */
void block_runs_change(struct block_runs *runs, unsigned long block, bool in);

/* Finds the lowest run of `nr` blocks. Return: false: there is none. */
bool block_runs_find(const struct block_runs *runs, unsigned long nr, unsigned long *block);

/* Finds the lowest run of 2^order blocks, aligned to 2^order. Return: false: there is none. */
bool block_runs_find_aligned(const struct block_runs *runs, unsigned int order,
			     unsigned long *block);

#endif
