/* SPDX-License-Identifier: MIT */
/*
 * Takes frames from the blocks of a page database, by the lists of block_list.h. The frames
 * themselves are never touched.
 */
#include <lib/errno.h>
#include <mm/page_alloc.h>

#include "block_list.h"
#include "block_search.h"
#include "page_alloc_one.h"

/* The last free frame of a partly free block was taken. */
static void retire(struct page_alloc *pa, unsigned long block)
{
	block_delist(pa, block);
	pa->db->block[block].max_order = 0;
	pagedb_set_state(pa->db, block, BLOCK_PARTIAL, BLOCK_FULL);
}

/* Takes a run that is free out of a partly free block. */
static void take_from_partial(struct page_alloc *pa, pfn_t first, unsigned int order)
{
	struct block *b = &pa->db->block[pfn_block(first)];

	pagedb_use(pa->db, first, 1UL << order);
	b->flags &= ~(BLOCK_CLEAN | BLOCK_EXACT);
	pa->nr_free -= 1UL << order;
	if (!b->nr_free)
		retire(pa, pfn_block(first));
	else if (b == pa->next[b->use].block)
		block_choose_next(pa, b->use);
	else
		block_settle(pa, b);
}

/* A search fails in the next block only, and settles it: two turns at most. Orders 0 to 8. */
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
		block_settle(pa, b);
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
	b->flags &= ~BLOCK_CLEAN;
	b->use = (uint8_t)use;
	if (order == BLOCK_ORDER) {
		pagedb_set_state(pa->db, block, BLOCK_WHOLE, BLOCK_FULL);
		return;
	}
	pagedb_set_state(pa->db, block, BLOCK_WHOLE, BLOCK_PARTIAL);
	b->max_order = BLOCK_ORDER - 1;
	block_enlist(pa, block);
}

/* Memory of an owner that was never used is the last of its to be touched. */
static uint32_t first_whole(const struct page_alloc_whole *whole)
{
	return whole->used != BLOCK_LINK_NONE ? whole->used : whole->clean;
}

/* What a device can take back as a whole is the last to be touched. */
static bool take_whole(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	uint32_t block = first_whole(&pa->whole[OWNER_BASE]);

	for (unsigned int owner = 1; block == BLOCK_LINK_NONE && owner < pa->nr_owners; owner++)
		block = first_whole(&pa->whole[owner]);
	if (block == BLOCK_LINK_NONE)
		return false;
	take_of_whole(pa, block, order, use);
	*first = block_pfn(block);
	return true;
}

bool page_alloc_hand_to_tables(struct page_alloc *pa, enum page_use use)
{
	unsigned long flags = irq_save();
	unsigned int orders = pa->partial_orders[use];

	if (orders) {
		unsigned long block = pa->partial[use][bits_highest(orders)];
		struct block *b = &pa->db->block[block];

		block_delist(pa, block);
		b->use = PAGE_TABLE;
		b->max_order = (uint8_t)block_largest_order(b);
		block_enlist(pa, block);
	}
	irq_restore(flags);
	return orders != 0;
}

/* The next tables go where this one goes, so it takes a block along, the one with most room. */
static bool take_table(struct page_alloc *pa, enum page_use from, pfn_t *first)
{
	return page_alloc_hand_to_tables(pa, from) && take_partial(pa, 0, PAGE_TABLE, first);
}

/* Out of the blocks of another use. */
static bool take_from_use(struct page_alloc *pa, unsigned int order, enum page_use use,
			  enum page_use other, pfn_t *first)
{
	if (other == use || (other == PAGE_TABLE && pa->tables_apart))
		return false;
	if (use == PAGE_TABLE && order == 0)
		return take_table(pa, other, first);
	return take_partial(pa, order, other, first);
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
		if (take_from_use(pa, order, use, (enum page_use)other, first))
			return true;
	}
	return false;
}

bool page_alloc_take_whole(struct page_alloc *pa, unsigned int owner, pfn_t *first, bool *clean)
{
	unsigned long flags = irq_save();
	uint32_t block = first_whole(&pa->whole[owner]);

	if (block != BLOCK_LINK_NONE) {
		*clean = pa->db->block[block].flags & BLOCK_CLEAN;
		*first = block_pfn(block);
		take_of_whole(pa, block, BLOCK_ORDER, PAGE_FIXED);
	}
	irq_restore(flags);
	return block != BLOCK_LINK_NONE;
}

bool page_alloc_take_used(struct page_alloc *pa, pfn_t *first)
{
	unsigned long flags = irq_save();
	unsigned int owner = 0;
	bool clean, found;

	while (owner < pa->nr_owners && pa->whole[owner].used == BLOCK_LINK_NONE)
		owner++;
	found = owner < pa->nr_owners && page_alloc_take_whole(pa, owner, first, &clean);
	irq_restore(flags);
	return found;
}

unsigned long page_alloc_nr_whole(const struct page_alloc *pa)
{
	unsigned long nr = 0;

	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		nr += READ_ONCE(pa->whole[owner].nr);
	return nr;
}

int page_alloc_take_from(struct page_alloc *pa, unsigned long block, unsigned int order,
			 pfn_t *first)
{
	unsigned long flags = irq_save();
	const struct block *b = pagedb_block(pa->db, block);
	bool whole = b && b->state == BLOCK_WHOLE;
	unsigned int offset = 0;
	bool found = whole || (order < BLOCK_ORDER && b && b->state == BLOCK_PARTIAL &&
			       block_find_run(b, order, &offset));

	if (found)
		*first = pfn_add(block_pfn(block), offset);
	if (whole)
		take_of_whole(pa, block, order, PAGE_FIXED);
	else if (found)
		take_from_partial(pa, *first, order);
	irq_restore(flags);
	return found ? 0 : -ENOMEM;
}

pfn_t page_alloc_finish_word(struct page_alloc *pa, struct block *b, pfn_t pfn, unsigned long flags)
{
	block_word_emptied(b, pa->next[b->use].word);
	if (b->free_words)
		block_choose_next(pa, b->use);
	else
		retire(pa, pfn_block(pfn));
	irq_restore(flags);
	return pfn;
}

/* Of a run, between whose blocks interrupts are let in: they may take one of it themselves. */
static bool take_block(struct page_alloc *pa, unsigned long block, enum page_use use, bool *clean)
{
	struct block *b = &pa->db->block[block];
	unsigned long flags = irq_save();
	bool was_clean = b->flags & BLOCK_CLEAN;
	pfn_t first;
	int err = page_alloc_take_from(pa, block, BLOCK_ORDER, &first);

	irq_restore(flags);
	if (err)
		return false;
	b->use = (uint8_t)use;
	*clean &= was_clean;
	return true;
}

bool page_alloc_take_blocks(struct page_alloc *pa, unsigned long block, unsigned long nr,
			    enum page_use use, bool *clean)
{
	*clean = true;
	if (!pagedb_are_whole(pa->db, block, nr))
		return false;
	for (unsigned long i = 0; i < nr; i++) {
		if (take_block(pa, block + i, use, clean))
			continue;
		page_alloc_give(pa, block_pfn(block), i * BLOCK_FRAMES);
		return false;
	}
	return true;
}

/* A run of whole blocks, aligned to its size; orders above 9. */
static bool take_long(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	unsigned int blocks = order - BLOCK_ORDER;
	unsigned long block = 0;
	bool clean;

	/* An interrupt took one of the run: on to the next. */
	for (; pagedb_find_whole(pa->db, blocks, block, &block); block++) {
		if (page_alloc_take_blocks(pa, block, 1UL << blocks, use, &clean)) {
			*first = block_pfn(block);
			return true;
		}
	}
	return false;
}

/* Anything but a single frame of a block that is partly free for this use. */
static __noinline int take_other(struct page_alloc *pa, unsigned int order, enum page_use use,
				 pfn_t *first)
{
	unsigned long flags;
	bool taken;

	if (order > PAGE_ORDER_MAX)
		return -EINVAL;
	if (order > BLOCK_ORDER)
		return take_long(pa, order, use, first) ? 0 : -ENOMEM;
	flags = irq_save();
	taken = take_in_block(pa, order, use, first);
	irq_restore(flags);
	return taken ? 0 : -ENOMEM;
}

int page_alloc_take(struct page_alloc *pa, unsigned int order, enum page_use use, pfn_t *first)
{
	if (likely(order == 0 && page_alloc_take_one(pa, use, first)))
		return 0;
	return take_other(pa, order, use, first);
}
