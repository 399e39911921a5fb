/* SPDX-License-Identifier: MIT */
/* Counts the page database anew and says what is wrong with it. Changes nothing. */
#include <lib/bits.h>
#include <mm/pagedb.h>

#include "block_tree.h"

static enum block_state state_by_counts(const struct block *b)
{
	if (b->nr_absent == BLOCK_FRAMES)
		return BLOCK_ABSENT;
	if (b->nr_free == BLOCK_FRAMES)
		return BLOCK_WHOLE;
	return b->nr_free ? BLOCK_PARTIAL : BLOCK_FULL;
}

static const char *check_fields(const struct block *b)
{
	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		if (b->free[w] & b->absent[w])
			return "a frame is both free and absent";
		if ((b->free[w] != 0) != ((b->free_words >> w) & 1))
			return "free_words does not say which words hold a free frame";
	}
	if (bitmap_weight(b->free, BLOCK_WORDS) != b->nr_free)
		return "nr_free of a block is not the weight of its field";
	if (bitmap_weight(b->absent, BLOCK_WORDS) != b->nr_absent)
		return "nr_absent of a block is not the weight of its field";
	return NULL;
}

static const char *check_block(const struct block *b)
{
	const char *wrong = check_fields(b);

	if (wrong)
		return wrong;
	if (0UL + b->nr_free + b->nr_absent + b->nr_holes > BLOCK_FRAMES)
		return "a hole is free, or more holes than a block has room for";
	if (b->state != state_by_counts(b))
		return "a block's state is not what its counts say";
	if (b->state != BLOCK_PARTIAL && b->max_order)
		return "max_order is set in a block that is not partly free";
	if (b->state != BLOCK_PARTIAL && (b->flags & BLOCK_EXACT))
		return "a block that is not partly free counts as exact";
	if (b->use >= NR_PAGE_USES || b->max_order >= BLOCK_ORDER || block_owner(b) >= OWNERS_MAX)
		return "a block's use, max_order or owner is out of range";
	return NULL;
}

/* The node of the tree that is kept with the block before this one, which is not the first. */
static const char *check_node(const struct pagedb *db, unsigned long block)
{
	unsigned int height = bits_lowest(block) + 1;
	unsigned long half = 1UL << (height - 1);

	if (db->block[block - 1].tree != block_tree_right(db, height, block - half))
		return "a node of the tree is not what lies under it";
	return NULL;
}

const char *pagedb_check(const struct pagedb *db)
{
	unsigned long nr_present[OWNERS_MAX] = {0}, nr_partly = 0;

	if (db->nr_blocks > db->max_blocks)
		return "more blocks than the region has room for";
	for (unsigned long i = db->first_block; i < db->nr_blocks; i++) {
		const struct block *b = &db->block[i];
		const char *wrong = check_block(b);

		if (!wrong && i > db->first_block)
			wrong = check_node(db, i);
		if (wrong)
			return wrong;
		nr_present[block_owner(b)] += BLOCK_FRAMES - b->nr_absent - b->nr_holes;
		nr_partly += b->nr_absent > 0 && b->nr_absent < BLOCK_FRAMES;
	}
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		if (nr_present[owner] != db->nr_present[owner])
			return "nr_present is not the number of frames that are present";
	if (nr_partly != db->nr_partly)
		return "nr_partly is not the number of partly absent blocks";
	return NULL;
}
