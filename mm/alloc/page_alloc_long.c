/* SPDX-License-Identifier: MIT */
/*
 * Runs of whole blocks, taken block by block: interrupts are let in between two, and may take one
 * of the run themselves.
 */
#include <arch/cpu.h>
#include <mm/page_alloc.h>

#include "block_list.h"

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

bool page_alloc_take_long(struct page_alloc *pa, unsigned int order, enum page_use use,
			  pfn_t *first)
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
