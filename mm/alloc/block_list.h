/* SPDX-License-Identifier: MIT */
/*
 * The allocator's lists: every PARTIAL block is on the one of its use and max_order, every WHOLE
 * block on its owner's of memory that was used before or of memory that never was. So state, use,
 * max_order and the clean flag of a block change only while it is on no list.
 */
#ifndef MM_BLOCK_LIST_H
#define MM_BLOCK_LIST_H

#include <mm/page_alloc.h>

/*
 * Points pa->next[use] at a word with something free; whenever the one it points at has nothing. A
 * block that it leaves is settled.
 */
void block_choose_next(struct page_alloc *pa, enum page_use use);

/* At the front: what was given last is taken first. */
void block_enlist(struct page_alloc *pa, unsigned long block);
void block_delist(struct page_alloc *pa, unsigned long block);

/* A PARTIAL block to the list of another max_order, of which it has a free run. */
void block_move(struct page_alloc *pa, unsigned long block, unsigned int max_order);

/* Moves a PARTIAL block to the list of the largest order that it has a free run of. */
void block_settle(struct page_alloc *pa, struct block *b);

#endif
