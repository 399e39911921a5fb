/* SPDX-License-Identifier: MIT */
/* The lists of blocks with something free: links are block numbers, kept in the descriptors. */
#include <lib/bits.h>

#include "block_list.h"
#include "block_search.h"

void page_alloc_init(struct page_alloc *pa, struct pagedb *db)
{
	*pa = (struct page_alloc){.db = db, .nr_owners = 1};
	for (unsigned int use = 0; use < NR_PAGE_USES; use++) {
		for (unsigned int order = 0; order < BLOCK_ORDER; order++)
			pa->partial[use][order] = BLOCK_LINK_NONE;
	}
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		pa->whole[owner] = (struct page_alloc_whole){BLOCK_LINK_NONE, BLOCK_LINK_NONE, 0};
}

static void link_at(struct page_alloc *pa, unsigned long block, uint32_t *head)
{
	struct block *b = &pa->db->block[block];

	b->next = *head;
	b->prev = BLOCK_LINK_NONE;
	if (*head != BLOCK_LINK_NONE)
		pa->db->block[*head].prev = (uint32_t)block;
	*head = (uint32_t)block;
}

static void unlink_from(struct page_alloc *pa, const struct block *b, uint32_t *head)
{
	if (b->prev == BLOCK_LINK_NONE)
		*head = b->next;
	else
		pa->db->block[b->prev].next = b->next;
	if (b->next != BLOCK_LINK_NONE)
		pa->db->block[b->next].prev = b->prev;
}

static void partial_unlinked(struct page_alloc *pa, const struct block *b)
{
	if (pa->partial[b->use][b->max_order] == BLOCK_LINK_NONE)
		pa->partial_orders[b->use] &= ~(1U << b->max_order);
}

/* Of next it takes no notice. */
static void relist(struct page_alloc *pa, struct block *b, unsigned int max_order)
{
	uint32_t *lists = pa->partial[b->use];

	unlink_from(pa, b, &lists[b->max_order]);
	partial_unlinked(pa, b);
	b->max_order = (uint8_t)max_order;
	b->flags |= BLOCK_EXACT;
	link_at(pa, (unsigned long)(b - pa->db->block), &lists[max_order]);
	pa->partial_orders[b->use] |= 1U << max_order;
}

/* The first block of a use's lowest list, of which there is one. */
static unsigned long first_partial(const struct page_alloc *pa, enum page_use use)
{
	return pa->partial[use][bits_lowest(pa->partial_orders[use])];
}

void block_choose_next(struct page_alloc *pa, enum page_use use)
{
	struct page_alloc_next *next = &pa->next[use];
	struct block *before = next->word ? next->block : NULL;
	unsigned long block;
	unsigned int w;

	if (!pa->partial_orders[use]) {
		next->word = NULL;
		return;
	}
	block = first_partial(pa, use);
	if (before && before != &pa->db->block[block] && !(before->flags & BLOCK_EXACT)) {
		relist(pa, before, block_largest_order(before));
		block = first_partial(pa, use);
	}
	next->block = &pa->db->block[block];
	w = bits_lowest(next->block->free_words);
	next->word = &next->block->free[w];
	next->first = pfn_add(block_pfn(block), w * BITS_WORD);
}

/* On a list of the lowest order there is, a block may be the first; else it is not. */
static void partial_linked(struct page_alloc *pa, const struct block *b)
{
	pa->partial_orders[b->use] |= 1U << b->max_order;
	if (!(pa->partial_orders[b->use] & ((1U << b->max_order) - 1)))
		block_choose_next(pa, b->use);
}

void block_enlist(struct page_alloc *pa, unsigned long block)
{
	struct block *b = &pa->db->block[block];

	if (b->state == BLOCK_WHOLE) {
		struct page_alloc_whole *whole = &pa->whole[block_owner(b)];

		link_at(pa, block, b->flags & BLOCK_CLEAN ? &whole->clean : &whole->used);
		b->flags &= ~BLOCK_EXACT;
		whole->nr++;
		return;
	}
	link_at(pa, block, &pa->partial[b->use][b->max_order]);
	b->flags |= BLOCK_EXACT;
	partial_linked(pa, b);
}

void block_delist(struct page_alloc *pa, unsigned long block)
{
	const struct block *b = &pa->db->block[block];

	if (b->state == BLOCK_WHOLE) {
		struct page_alloc_whole *whole = &pa->whole[block_owner(b)];

		unlink_from(pa, b, b->flags & BLOCK_CLEAN ? &whole->clean : &whole->used);
		whole->nr--;
		return;
	}
	unlink_from(pa, b, &pa->partial[b->use][b->max_order]);
	partial_unlinked(pa, b);
	if (pa->next[b->use].block != b)
		return;
	pa->next[b->use].word = NULL; /* it is on no list: nothing to settle */
	block_choose_next(pa, b->use);
}

void block_move(struct page_alloc *pa, unsigned long block, unsigned int max_order)
{
	struct block *b = &pa->db->block[block];

	relist(pa, b, max_order);
	block_choose_next(pa, b->use);
}

void block_settle(struct page_alloc *pa, struct block *b)
{
	relist(pa, b, block_largest_order(b));
	block_choose_next(pa, b->use);
}
