/* SPDX-License-Identifier: MIT */
/*
 * What lies under 2^h neighbouring blocks, for searches in O(log n): a binary tree over the blocks
 * that a page database knows, a byte a node, kept in the descriptors.
 *
 * The tree lies in order among the blocks: the node of height h over blocks [lo, lo + 2^h) is kept
 * with block lo + 2^(h-1) - 1, the last one of its left half. So it is there as far as descriptors
 * are, and grows with them. A node of which a half is not known is its other half; its byte, if
 * there is one, is 0, which no node is over a block that has just become known.
 */
#ifndef MM_BLOCK_TREE_H
#define MM_BLOCK_TREE_H

#include <mm/pagedb.h>

/* The fields of a node, and of a block as the tree sees it (height 0). */
#define TREE_WHOLE   0x0fU /* order of the largest aligned run of whole blocks (to 14), +1; or 0 */
#define TREE_PARTIAL 0x10U /* a block is PARTIAL */
#define TREE_PARTLY  0x20U /* a block is partly absent */
#define TREE_ABSENT  0x40U /* a block is wholly absent */

/*
 * Makes the nodes above a block right, after it became known, or its state or nr_absent changed.
 * Context: interrupts off.
 */
void block_tree_update(struct pagedb *db, unsigned long block);

/* What the node over blocks [lo, lo + 2^height) has to be. For checks. */
uint8_t block_tree_right(const struct pagedb *db, unsigned int height, unsigned long lo);

/*
 * Finds the lowest 2^order blocks at or after `from`, aligned to as many, whose node has at least
 * `least` in the field `field`. Return: false: there are none. Context: nothing changes the field
 * meanwhile.
 */
bool block_tree_find(const struct pagedb *db, unsigned int field, unsigned int least,
		     unsigned int order, unsigned long from, unsigned long *block);

/* Finds the highest such blocks that end at or before `to`, likewise. */
bool block_tree_find_last(const struct pagedb *db, unsigned int field, unsigned int least,
			  unsigned int order, unsigned long to, unsigned long *block);

#endif
