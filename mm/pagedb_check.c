/* SPDX-License-Identifier: MIT */
/* Counts the page database anew and says what is wrong with it. Changes nothing. */
#include <kernel/bits.h>
#include <mm/pagedb.h>

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
	if (b->use >= NR_PAGE_USES || b->max_order >= BLOCK_ORDER)
		return "a block's use or max_order is out of range";
	return NULL;
}

static const char *check_hints(const struct pagedb *db, unsigned long block)
{
	unsigned int nr_absent = db->block[block].nr_absent;

	if (nr_absent == BLOCK_FRAMES && block < db->lowest_absent)
		return "a wholly absent block lies below lowest_absent";
	if (nr_absent > 0 && nr_absent < BLOCK_FRAMES && block < db->lowest_partly)
		return "a partly absent block lies below lowest_partly";
	return NULL;
}

const char *pagedb_check(const struct pagedb *db)
{
	unsigned long nr_present = 0, nr_partly = 0;

	if (db->nr_blocks > db->max_blocks)
		return "more blocks than the region has room for";
	for (unsigned long i = db->first_block; i < db->nr_blocks; i++) {
		const struct block *b = &db->block[i];
		const char *wrong = check_block(b);

		if (!wrong)
			wrong = check_hints(db, i);
		if (wrong)
			return wrong;
		nr_present += BLOCK_FRAMES - b->nr_absent - b->nr_holes;
		nr_partly += b->nr_absent > 0 && b->nr_absent < BLOCK_FRAMES;
	}
	if (nr_present != db->nr_present)
		return "nr_present is not the number of frames that are present";
	if (nr_partly != db->nr_partly)
		return "nr_partly is not the number of partly absent blocks";
	return NULL;
}
