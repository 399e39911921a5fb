/* SPDX-License-Identifier: MIT */
/* The tree over the blocks of a page database: see block_tree.h. Touches their byte `tree` alone.
 */
#include "block_tree.h"

static uint8_t leaf(const struct block *b)
{
	if (b->state == BLOCK_WHOLE)
		return 1;
	if (b->state == BLOCK_ABSENT)
		return TREE_ABSENT;
	return (b->state == BLOCK_PARTIAL ? TREE_PARTIAL : 0) | (b->nr_absent ? TREE_PARTLY : 0);
}

/* Of two neighbours of the same height, the node of `height` over both. */
static uint8_t join(uint8_t a, uint8_t b, unsigned int height)
{
	unsigned int whole_a = a & TREE_WHOLE, whole_b = b & TREE_WHOLE;
	unsigned int whole = MAX(whole_a, whole_b);

	if (whole_a == height && whole_b == height && height < TREE_WHOLE)
		whole++;
	return (uint8_t)(((a | b) & ~TREE_WHOLE) | whole);
}

/* The node over [lo, lo + 2^height), some of which is known. */
static uint8_t node(const struct pagedb *db, unsigned int height, unsigned long lo)
{
	for (; height; height--) {
		unsigned long mid = lo + (1UL << (height - 1));

		if (mid >= db->nr_blocks)
			continue;
		if (mid > db->first_block)
			return db->block[mid - 1].tree;
		lo = mid;
	}
	return leaf(&db->block[lo]);
}

uint8_t block_tree_right(const struct pagedb *db, unsigned int height, unsigned long lo)
{
	return join(node(db, height - 1, lo), node(db, height - 1, lo + (1UL << (height - 1))),
		    height);
}

void block_tree_update(struct pagedb *db, unsigned long block)
{
	uint8_t now = leaf(&db->block[block]);

	for (unsigned int height = 1; 1UL << (height - 1) < db->nr_blocks; height++) {
		unsigned long half = 1UL << (height - 1), mid = (block | half) & ~(half - 1);

		if (mid >= db->nr_blocks || mid <= db->first_block)
			continue;
		now = join(now, node(db, height - 1, block & half ? mid - half : mid), height);
		if (db->block[mid - 1].tree == now)
			return;
		db->block[mid - 1].tree = now;
	}
}

/* The first node from `at` on that has it, of those that are as large as their place allows. */
static bool find_subtree(const struct pagedb *db, unsigned int field, unsigned int least,
			 unsigned int *height, unsigned long *at)
{
	for (; *at < db->nr_blocks; *at += 1UL << *height) {
		while (1UL << *height < db->nr_blocks && !(*at & (1UL << *height)))
			++*height;
		if ((node(db, *height, *at) & field) >= least)
			return true;
	}
	return false;
}

bool block_tree_find(const struct pagedb *db, unsigned int field, unsigned int least,
		     unsigned int order, unsigned long from, unsigned long *block)
{
	unsigned long at = ALIGN_UP(MAX(from, db->first_block), 1UL << order);
	unsigned int height = order;

	if (!find_subtree(db, field, least, &height, &at))
		return false;
	while (height > order) {
		height--;
		if ((node(db, height, at) & field) < least)
			at += 1UL << height;
	}
	*block = at;
	return true;
}

bool block_tree_find_last(const struct pagedb *db, unsigned int field, unsigned int least,
			  unsigned int order, unsigned long to, unsigned long *block)
{
	unsigned long size = 1UL << order, end = ALIGN_DOWN(MIN(to, db->nr_blocks), size);
	unsigned int height = order;

	for (; end > db->first_block; end -= 1UL << height) {
		while (!(end & (1UL << height)))
			height++;
		if ((node(db, height, end - (1UL << height)) & field) >= least)
			break;
	}
	if (end <= db->first_block)
		return false;
	while (height > order) {
		height--;
		if ((node(db, height, end - (1UL << height)) & field) < least)
			end -= 1UL << height;
	}
	*block = end - size;
	return true;
}
