/* SPDX-License-Identifier: MIT */
/* Gives frames back to the blocks of a page database. The frames themselves are never touched. */
#include <lib/bug.h>
#include <mm/page_alloc.h>

#include "block_list.h"
#include "block_search.h"
#include "page_alloc_one.h"

/*
 * The bound that max_order has to be, now that a run of 2^order became free at `offset`. If there
 * is a larger run than it says, that one holds this one, and is found by climbing from it.
 */
static unsigned int max_order_after_give(const struct block *b, unsigned int offset,
					 unsigned int order)
{
	unsigned int max_order = MAX(b->max_order, order);

	while (max_order < BLOCK_ORDER - 1 && block_run_is_free(b, offset, max_order + 1))
		max_order++;
	return max_order;
}

/* The block goes onto the list where it belongs now that this run is free. */
static void settle_given(struct page_alloc *pa, unsigned long block, unsigned int offset,
			 unsigned int order)
{
	struct block *b = &pa->db->block[block];
	enum block_state from = b->state, to = BLOCK_PARTIAL;
	unsigned int max_order = max_order_after_give(b, offset, order);

	if (b->nr_free == BLOCK_FRAMES) {
		max_order = 0;
		to = BLOCK_WHOLE;
	} else if (from == BLOCK_PARTIAL) {
		if (max_order != b->max_order)
			block_move(pa, block, max_order);
		return;
	}
	if (from == BLOCK_PARTIAL)
		block_delist(pa, block);
	b->max_order = (uint8_t)max_order;
	pagedb_set_state(pa->db, block, from, to);
	block_enlist(pa, block);
}

/* An aligned run inside a block. */
static void give_run(struct page_alloc *pa, pfn_t first, unsigned int order)
{
	unsigned long flags = irq_save();

	pagedb_free(pa->db, first, 1UL << order);
	pa->nr_free += 1UL << order;
	settle_given(pa, pfn_block(first), pfn_offset(first), order);
	irq_restore(flags);
}

/* The order of the largest aligned run at `first`, of at most `nr_frames` and a block. */
static unsigned int order_at(pfn_t first, unsigned long nr_frames)
{
	unsigned int order = 0;

	while (order < BLOCK_ORDER && !(first.v & (1UL << order)) && nr_frames >= 2UL << order)
		order++;
	return order;
}

static __noinline void give_runs(struct page_alloc *pa, pfn_t first, unsigned long nr_frames)
{
	while (nr_frames) {
		unsigned int order = order_at(first, nr_frames);

		give_run(pa, first, order);
		first = pfn_add(first, 1UL << order);
		nr_frames -= 1UL << order;
	}
}

void page_alloc_finish_give(struct page_alloc *pa, pfn_t pfn, unsigned long flags)
{
	struct block *b = &pa->db->block[pfn_block(pfn)];

	block_word_begun(b, pfn);
	settle_given(pa, pfn_block(pfn), pfn_offset(pfn), 0);
	irq_restore(flags);
}

void page_alloc_give(struct page_alloc *pa, pfn_t first, unsigned long nr_frames)
{
	if (unlikely(nr_frames != 1 || !page_alloc_give_one(pa, first)))
		give_runs(pa, first, nr_frames);
}

void page_alloc_give_clean(struct page_alloc *pa, pfn_t first)
{
	unsigned long flags = irq_save();

	assert(!pfn_offset(first) && pa->db->block[pfn_block(first)].nr_free == 0);
	pa->db->block[pfn_block(first)].flags |= BLOCK_CLEAN;
	give_run(pa, first, BLOCK_ORDER);
	irq_restore(flags);
}
