/* SPDX-License-Identifier: MIT */
/*
 * Any valid page database of NR_BLOCKS blocks. A counter is the weight of its field: of that, the
 * proofs use no more than when it is 0 and 512, and show that it changes by as many frames as the
 * field does. So they hold for more than valid databases.
 */
#ifndef PROOF_BLOCKS_H
#define PROOF_BLOCKS_H

#include <lib/bits.h>
#include <mm/pagedb.h>

#include "mm/alloc/block_tree.h"
#include "model.h"
#include "runs.h"

#define NR_FRAMES (NR_BLOCKS * BLOCK_FRAMES)

static struct block blocks[NR_BLOCKS], old_blocks[NR_BLOCKS];
static struct pagedb db, old_db;

/* The state of a frame, by its place in its block. */
enum frame_state { FRAME_IN_USE, FRAME_FREE, FRAME_ABSENT, FRAME_BOTH };

static enum frame_state state_of(const struct block *block, unsigned long frame)
{
	const struct block *b = &block[frame / BLOCK_FRAMES];
	unsigned int w = frame % BLOCK_FRAMES / 64, bit = frame % 64;

	return (enum frame_state)(((b->free[w] >> bit) & 1) | ((b->absent[w] >> bit) & 1) << 1);
}

/* How many frames of the range lie in the block. */
static unsigned long part_of(unsigned long block, pfn_t first, unsigned long n)
{
	unsigned long from = MAX(first.v, block * BLOCK_FRAMES);
	unsigned long to = MIN(first.v + n, (block + 1) * BLOCK_FRAMES);

	return to > from ? to - from : 0;
}

static bool words_are_right(const struct block *b)
{
	bool right = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		right &= ((b->free_words >> w) & 1) == (b->free[w] != 0);
	return right;
}

static bool no_frame_is_both(const struct block *b)
{
	uint64_t both = 0;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		both |= b->free[w] & b->absent[w];
	return both == 0;
}

static enum block_state state_by_counts(const struct block *b)
{
	if (b->nr_absent == BLOCK_FRAMES)
		return BLOCK_ABSENT;
	if (b->nr_free == BLOCK_FRAMES)
		return BLOCK_WHOLE;
	return b->nr_free ? BLOCK_PARTIAL : BLOCK_FULL;
}

/* What of a block's validity does not need weights, and is proved again after each change. */
static bool counts_are_right(const struct block *b)
{
	return 0U + b->nr_free + b->nr_absent + b->nr_holes <= BLOCK_FRAMES &&
	       b->state == state_by_counts(b) && b->use < NR_PAGE_USES &&
	       block_owner(b) < OWNERS_MAX && b->max_order < BLOCK_ORDER &&
	       (b->state == BLOCK_PARTIAL || b->max_order == 0);
}

static bool is_partly_absent(const struct block *b)
{
	return b->nr_absent > 0 && b->nr_absent < BLOCK_FRAMES;
}

static unsigned long count_partly(void)
{
	unsigned long nr = 0;

	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		nr += is_partly_absent(&blocks[i]);
	return nr;
}

/* The tree over two blocks is one node: what either is, and of whole ones how many lie aligned. */
static bool tree_is_right(void)
{
	const struct block *a = &blocks[0], *b = &blocks[1];
	unsigned int whole = (a->state == BLOCK_WHOLE) + (b->state == BLOCK_WHOLE);
	unsigned int absent = a->state == BLOCK_ABSENT || b->state == BLOCK_ABSENT;
	unsigned int partly = is_partly_absent(a) || is_partly_absent(b);
	unsigned int partial = a->state == BLOCK_PARTIAL || b->state == BLOCK_PARTIAL;

	return a->tree ==
	       (whole | partial * TREE_PARTIAL | partly * TREE_PARTLY | absent * TREE_ABSENT);
}

static void any_block(struct block *b)
{
	struct block any;

	*b = any;
	assume(may_weigh(b->free, b->nr_free) && may_weigh(b->absent, b->nr_absent));
	assume(words_are_right(b) && no_frame_is_both(b) && counts_are_right(b));
}

static void remember_database(void)
{
	old_db = db;
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		old_blocks[i] = blocks[i];
}

static void any_database(void)
{
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		any_block(&blocks[i]);
	db.block = blocks;
	db.nr_blocks = NR_BLOCKS;
	db.max_blocks = NR_BLOCKS;
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		db.nr_present[owner] = any_below(NR_FRAMES + 1);
	db.nr_partly = count_partly();
	assume(tree_is_right());
	remember_database();
}

#endif
