// SPDX-License-Identifier: MIT
/*
 * Takes frames from the blocks of a page database and gives them back, by the lists of
 * block_list.h. The frames themselves are never touched.
 */
#include <asm/irq.h>
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <mm/page_alloc.h>

#include "block_list.h"
#include "block_search.h"
#include "pagedb_frame.h"

/* The last free frame of a partly free block was taken. */
static void retire(struct page_alloc *pa, unsigned long block)
{
	block_delist(pa, block);
	pa->db->block[block].max_order = 0;
	pagedb_set_state(pa->db, block, BLOCK_PARTIAL, BLOCK_FULL);
}

/* The shortest path: one frame of the fullest kind of block, known to be there by the lists. */
static inline bool take_one(struct page_alloc *pa, enum page_use use, pfn_t *first)
{
	unsigned int orders = pa->partial_orders[use];
	unsigned long block;
	struct block *b;

	if (unlikely(!orders))
		return false;
	block = pa->partial[use][bits_lowest(orders)];
	b = &pa->db->block[block];
	*first = pfn_add(block_pfn(block), block_use_lowest(b));
	b->flags &= (uint8_t)~BLOCK_CLEAN;
	pa->nr_free--;
	if (unlikely(!b->free_words))
		retire(pa, block);
	return true;
}

/* Takes a run that is free out of a partly free block. */
static void take_from_partial(struct page_alloc *pa, pfn_t first, unsigned int order)
{
	struct block *b = &pa->db->block[pfn_block(first)];

	pagedb_use(pa->db, first, 1UL << order);
	b->flags &= (uint8_t)~BLOCK_CLEAN;
	pa->nr_free -= 1UL << order;
	if (!b->nr_free)
		retire(pa, pfn_block(first));
}

/* Each search that fails moves a block to a list of lower orders, so it ends. Orders 0 to 8. */
static bool take_partial(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	unsigned int orders;

	while ((orders = pa->partial_orders[use] >> order << order) != 0) {
		unsigned long block = pa->partial[use][bits_lowest(orders)];
		struct block *b = &pa->db->block[block];
		unsigned int offset;

		if (block_find_run(b, order, &offset)) {
			*first = pfn_add(block_pfn(block), offset);
			take_from_partial(pa, *first, order);
			return true;
		}
		block_delist(pa, block);
		b->max_order = (uint8_t)block_largest_order(b);
		block_enlist(pa, block);
	}
	return false;
}

/* Takes the first 2^order frames, orders 0 to 9, of a whole block, whose use becomes `use`. */
static void take_of_whole(struct page_alloc *pa, unsigned long block, unsigned int order,
			  enum page_use use)
{
	struct block *b = &pa->db->block[block];

	block_delist(pa, block);
	pagedb_use(pa->db, block_pfn(block), 1UL << order);
	pa->nr_free -= 1UL << order;
	b->flags &= (uint8_t)~BLOCK_CLEAN;
	b->use = (uint8_t)use;
	if (order == BLOCK_ORDER) {
		pagedb_set_state(pa->db, block, BLOCK_WHOLE, BLOCK_FULL);
		return;
	}
	pagedb_set_state(pa->db, block, BLOCK_WHOLE, BLOCK_PARTIAL);
	b->max_order = BLOCK_ORDER - 1;
	block_enlist(pa, block);
}

/* Memory that was never used is the last to be touched. */
static bool take_whole(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	uint32_t block = pa->whole_used != BLOCK_LINK_NONE ? pa->whole_used : pa->whole_clean;

	if (block == BLOCK_LINK_NONE)
		return false;
	take_of_whole(pa, block, order, use);
	*first = block_pfn(block);
	return true;
}

/* Blocks of the right use, then whole ones, and only then those of another use. */
static bool take_in_block(struct page_alloc *pa, unsigned int order, enum page_use use,
			  pfn_t *first)
{
	if (order < BLOCK_ORDER && take_partial(pa, order, use, first))
		return true;
	if (take_whole(pa, order, use, first))
		return true;
	for (unsigned int other = 0; order < BLOCK_ORDER && other < NR_PAGE_USES; other++) {
		if (other != use && take_partial(pa, order, (enum page_use)other, first))
			return true;
	}
	return false;
}

static bool run_is_whole(const struct pagedb *db, unsigned long block, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++) {
		if (db->block[block + i].state != BLOCK_WHOLE)
			return false;
	}
	return true;
}

/* Whole blocks, 2^(order-9) of them. Interrupts are let in between one candidate and the next. */
static bool take_blocks(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	unsigned long nr = 1UL << (order - BLOCK_ORDER);

	if (READ_ONCE(pa->nr_whole) < nr)
		return false;
	for (unsigned long block = 0; block + nr <= pa->db->nr_blocks; block += nr) {
		unsigned long flags = irq_save();
		bool found = run_is_whole(pa->db, block, nr);

		for (unsigned long i = 0; found && i < nr; i++)
			take_of_whole(pa, block + i, BLOCK_ORDER, use);
		irq_restore(flags);
		if (found) {
			*first = block_pfn(block);
			return true;
		}
	}
	return false;
}

static int take_many(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	unsigned long flags;
	bool taken;

	if (order > PAGE_ORDER_MAX || (unsigned int)use >= NR_PAGE_USES)
		return -EINVAL;
	if (order > BLOCK_ORDER)
		return take_blocks(pa, order, use, first) ? 0 : -ENOMEM;
	flags = irq_save();
	taken = take_in_block(pa, order, use, first);
	irq_restore(flags);
	return taken ? 0 : -ENOMEM;
}

int page_alloc_take(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	if (likely(order == 0 && (unsigned int)use < NR_PAGE_USES)) {
		unsigned long flags = irq_save();
		bool taken = take_one(pa, use, first);

		irq_restore(flags);
		if (likely(taken))
			return 0;
	}
	return take_many(pa, order, use, first);
}

/*
 * A free run may have made a larger one than max_order says. If so, it holds the run that was
 * freed, and its order is found by climbing from that one; if not, max_order still is a bound.
 */
static inline bool outgrew_max_order(const struct block *b, unsigned int offset)
{
	return b->max_order < BLOCK_ORDER - 1 &&
	       unlikely(block_run_is_free(b, offset, b->max_order + 1U));
}

/* Something of a block became free, and it belongs on another list than before, or on its first. */
static void settle_given(struct page_alloc *pa, unsigned long block, unsigned int offset,
			 unsigned int order)
{
	struct block *b = &pa->db->block[block];
	enum block_state from = b->state;

	if (from == BLOCK_PARTIAL)
		block_delist(pa, block);
	if (b->nr_free == BLOCK_FRAMES) {
		b->max_order = 0;
		pagedb_set_state(pa->db, block, from, BLOCK_WHOLE);
	} else {
		b->max_order = (uint8_t)MAX(b->max_order, order);
		while (outgrew_max_order(b, offset))
			b->max_order++;
		pagedb_set_state(pa->db, block, from, BLOCK_PARTIAL);
	}
	block_enlist(pa, block);
}

/* nr_free is 1 (was full), or 512 (is whole): in one comparison, as this is the shortest path. */
static inline bool is_at_edge(const struct block *b)
{
	return (uint16_t)(b->nr_free - 2U) >= BLOCK_FRAMES - 2;
}

static inline void give_one(struct page_alloc *pa, pfn_t pfn)
{
	unsigned long block = pfn_block(pfn);
	unsigned int offset = pfn_offset(pfn);
	struct block *b = &pa->db->block[block];

	assert(block < pa->db->nr_blocks);
	block_free_one(b, offset);
	pa->nr_free++;
	if (unlikely(is_at_edge(b)) || outgrew_max_order(b, offset))
		settle_given(pa, block, offset, 0);
}

/* An aligned run inside a block. */
static void give_run(struct page_alloc *pa, pfn_t first, unsigned int order)
{
	unsigned long flags = irq_save();
	unsigned int offset = pfn_offset(first);
	struct block *b;

	pagedb_free(pa->db, first, 1UL << order);
	pa->nr_free += 1UL << order;
	b = &pa->db->block[pfn_block(first)];
	if (b->state == BLOCK_FULL || b->nr_free == BLOCK_FRAMES || order > b->max_order ||
	    outgrew_max_order(b, offset))
		settle_given(pa, pfn_block(first), offset, order);
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

void page_alloc_give(struct page_alloc *pa, pfn_t first, unsigned long nr_frames)
{
	if (likely(nr_frames == 1)) {
		unsigned long flags = irq_save();

		give_one(pa, first);
		irq_restore(flags);
		return;
	}
	while (nr_frames) {
		unsigned int order = order_at(first, nr_frames);

		give_run(pa, first, order);
		first = pfn_add(first, 1UL << order);
		nr_frames -= 1UL << order;
	}
}
