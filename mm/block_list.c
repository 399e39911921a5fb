/* SPDX-License-Identifier: MIT */
/* The lists of blocks with something free: links are block numbers, kept in the descriptors. */
#include <kernel/bits.h>

#include "block_list.h"

void page_alloc_init(struct page_alloc *pa, struct pagedb *db)
{
	*pa = (struct page_alloc){.db = db};
	for (unsigned int use = 0; use < NR_PAGE_USES; use++) {
		for (unsigned int order = 0; order < BLOCK_ORDER; order++)
			pa->partial[use][order] = BLOCK_LINK_NONE;
	}
	pa->whole_used = BLOCK_LINK_NONE;
	pa->whole_clean = BLOCK_LINK_NONE;
}

/* The list that a block belongs on, by its state, use, max_order and flags. */
static uint32_t *list_of(struct page_alloc *pa, const struct block *b)
{
	if (b->state == BLOCK_WHOLE)
		return b->flags & BLOCK_CLEAN ? &pa->whole_clean : &pa->whole_used;
	return &pa->partial[b->use][b->max_order];
}

void block_choose_next(struct page_alloc *pa, enum page_use use)
{
	struct page_alloc_next *next = &pa->next[use];
	unsigned int orders = pa->partial_orders[use];
	unsigned long block;
	unsigned int w;

	if (!orders) {
		next->word = NULL;
		return;
	}
	block = pa->partial[use][bits_lowest(orders)];
	next->block = &pa->db->block[block];
	w = bits_lowest(next->block->free_words);
	next->word = &next->block->free[w];
	next->first = pfn_add(block_pfn(block), w * BITS_WORD);
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

/* On a list of the lowest order there is, a block may be the first; else it is not. */
static void partial_linked(struct page_alloc *pa, const struct block *b)
{
	pa->partial_orders[b->use] |= 1U << b->max_order;
	if (!(pa->partial_orders[b->use] & ((1U << b->max_order) - 1)))
		block_choose_next(pa, b->use);
}

static void partial_unlinked(struct page_alloc *pa, const struct block *b)
{
	if (pa->partial[b->use][b->max_order] == BLOCK_LINK_NONE)
		pa->partial_orders[b->use] &= ~(1U << b->max_order);
}

void block_enlist(struct page_alloc *pa, unsigned long block)
{
	const struct block *b = &pa->db->block[block];

	link_at(pa, block, list_of(pa, b));
	if (b->state == BLOCK_WHOLE)
		pa->nr_whole++;
	else
		partial_linked(pa, b);
}

void block_delist(struct page_alloc *pa, unsigned long block)
{
	const struct block *b = &pa->db->block[block];

	unlink_from(pa, b, list_of(pa, b));
	if (b->state == BLOCK_WHOLE) {
		pa->nr_whole--;
		return;
	}
	partial_unlinked(pa, b);
	if (pa->next[b->use].block == b)
		block_choose_next(pa, b->use);
}

void block_move(struct page_alloc *pa, unsigned long block, unsigned int max_order)
{
	struct block *b = &pa->db->block[block];
	uint32_t *lists = pa->partial[b->use];

	unlink_from(pa, b, &lists[b->max_order]);
	partial_unlinked(pa, b);
	b->max_order = (uint8_t)max_order;
	link_at(pa, block, &lists[max_order]);
	partial_linked(pa, b);
	if (pa->next[b->use].block == b)
		block_choose_next(pa, b->use);
}
