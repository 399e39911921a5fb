/* SPDX-License-Identifier: MIT */
/*
 * One frame taken, one given: the shortest paths of the allocator, inline, and their instructions
 * are counted. What happens seldom is a function of its own, called as the last thing there is to
 * do, so that nothing has to be kept across the call. For mm/ only.
 */
#ifndef MM_PAGE_ALLOC_ONE_H
#define MM_PAGE_ALLOC_ONE_H

#include <asm/irq.h>
#include <lib/bits.h>
#include <mm/page_alloc.h>

#include "pagedb_frame.h"

/* `pfn` was the last free frame of the next word. Puts interrupts back to `flags`; answers `pfn`.
 */
pfn_t page_alloc_finish_word(struct page_alloc *pa, struct block *b, pfn_t pfn,
			     unsigned long flags);

/* False: no block of this use is partly free; page_alloc_take() knows more to try. */
static inline bool page_alloc_take_one(struct page_alloc *pa, enum page_use use, pfn_t *first)
{
	unsigned long flags = irq_save();
	const struct page_alloc_next *next = &pa->next[use];
	struct block *b = next->block;
	pfn_t pfn = next->first;
	uint64_t rest;

	if (unlikely(!next->word)) {
		irq_restore(flags);
		return false;
	}
	pfn = pfn_add(pfn, block_use_lowest(b, next->word, &rest));
	b->flags &= ~(BLOCK_CLEAN | BLOCK_EXACT);
	pa->nr_free--;
	if (unlikely(!rest)) {
		*first = page_alloc_finish_word(pa, b, pfn, flags);
		return true;
	}
	irq_restore(flags);
	*first = pfn;
	return true;
}

/* `pfn` was given, and its block may belong on another list. Puts interrupts back to `flags`. */
void page_alloc_finish_give(struct page_alloc *pa, pfn_t pfn, unsigned long flags);

/*
 * May the frame that was given last have completed a larger run than max_order says? Looks at no
 * more than its word. A block that became whole has max_order 8: 511 frames hold a run of that.
 */
static inline bool may_outgrow_max_order(const struct block *b, pfn_t pfn, uint64_t word)
{
	/* By max_order: the frames that a run of the next order has in one word, and where. */
	static const uint64_t run_mask[] = {
		0x3, 0xf, 0xff, 0xffff, 0xffffffff, ~0ULL, ~0ULL, ~0ULL,
	};
	static const uint32_t start_mask[] = {62, 60, 56, 48, 32, 0, 0, 0};
	unsigned int max_order = b->max_order;

	if (max_order == BLOCK_ORDER - 1)
		return READ_ONCE(b->nr_free) == BLOCK_FRAMES;
	return !((~word >> (pfn.v & start_mask[max_order])) & run_mask[max_order]);
}

/*
 * False, and nothing done: the frame is not in use, and page_alloc_give() asserts it. A block that
 * was full had nothing in this word before.
 */
static inline bool page_alloc_give_one(struct page_alloc *pa, pfn_t pfn)
{
	unsigned long block = pfn_block(pfn), flags;
	uint64_t before, now;
	struct block *b;

	if (unlikely(block >= pa->db->nr_blocks))
		return false;
	b = &pa->db->block[block];
	flags = irq_save();
	if (unlikely(!block_free_one(b, pfn, &before, &now))) {
		irq_restore(flags);
		return false;
	}
	pa->nr_free++;
	if (unlikely(!before || may_outgrow_max_order(b, pfn, now)))
		page_alloc_finish_give(pa, pfn, flags);
	else
		irq_restore(flags);
	return true;
}

#endif
