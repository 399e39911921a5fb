/* SPDX-License-Identifier: MIT */
/*
 * The page allocator: frames of a page database in runs of 2^order. Orders 0 to 9 are found inside
 * a block, more is a run of whole free blocks. Partly used blocks serve small requests first, so
 * that whole blocks stay whole. It writes nothing into the pages and does not know where memory
 * comes from.
 *
 * Instances: tests make as many as they like. Any context; short, with interrupts off inside;
 * orders above 9 are for threads.
 */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

#include <lib/addr.h>
#include <mm/pagedb.h>

#define PAGE_ORDER_MAX 20 /* 4 GiB */

/* Where single frames of a use come from next: a word of the first block of its lowest list. */
struct page_alloc_next {
	uint64_t *word;	     /* not 0; NULL: no block of this use is partly free */
	pfn_t first;	     /* the frame of its lowest bit */
	struct block *block; /* it is of */
};

/* Whole free blocks of an owner. */
struct page_alloc_whole {
	uint32_t used, clean; /* heads; what was in use before goes first */
	unsigned long nr;     /* on both lists */
};

struct page_alloc {
	struct pagedb *db;
	struct page_alloc_next next[NR_PAGE_USES];
	uint32_t partial[NR_PAGE_USES][BLOCK_ORDER]; /* heads, by max_order 0 to 8 */
	uint16_t partial_orders[NR_PAGE_USES];	     /* bit o: partial[use][o] is not empty */
	struct page_alloc_whole whole[OWNERS_MAX];
	unsigned int nr_owners; /* those below have blocks: the base, and devices with a region */
	unsigned long nr_free;	/* frames */
	bool tables_apart;	/* blocks of tables serve no other use */
};

/* An allocator over a database none of whose frames is free. */
void page_alloc_init(struct page_alloc *pa, struct pagedb *db);

/* Takes 2^order frames aligned to 2^order. -ENOMEM: none such, and nothing changed. -EINVAL. */
int page_alloc_take(struct page_alloc *pa, unsigned int order, enum page_use use,
		    pfn_t *first) __must_check;

/*
 * Gives frames back: any run of frames in use, not only one that was taken as such.
 * A frame that is not in use is a bug, and asserted.
 */
void page_alloc_give(struct page_alloc *pa, pfn_t first, unsigned long nr_frames);

/* The same, orders 0 to 9, out of this block alone. -ENOMEM: there is no such run in it. */
int page_alloc_take_from(struct page_alloc *pa, unsigned long block, unsigned int order,
			 pfn_t *first) __must_check;

/*
 * Takes `nr` neighbours from `block` on, all of them or none; interrupts are let in between two.
 * *clean: no frame of them was handed out since it came.
 * Return: false: one of them is not whole; blocks that were taken meanwhile are given back, and are
 * not clean any more. Context: threads.
 */
bool page_alloc_take_blocks(struct page_alloc *pa, unsigned long block, unsigned long nr,
			    enum page_use use, bool *clean);

/*
 * Takes a whole block of an owner, one that was in use since it came before one that was not, which
 * is *clean. Return: false: there is none. Context: any.
 */
bool page_alloc_take_whole(struct page_alloc *pa, unsigned int owner, pfn_t *first, bool *clean);

/* Takes a whole block that was in use since it came, or was last given clean; false: none such. */
bool page_alloc_take_used(struct page_alloc *pa, pfn_t *first);

/* Return: the whole free blocks of all owners. Context: any. */
unsigned long page_alloc_nr_whole(const struct page_alloc *pa);

/* Gives a whole block back as one that never was in use: nobody needs what is in it. */
void page_alloc_give_clean(struct page_alloc *pa, pfn_t first);

/*
 * Hands the partly free block of a use that has the longest free run over to PAGE_TABLE.
 * Return: false if there is none. Context: any.
 */
bool page_alloc_hand_to_tables(struct page_alloc *pa, enum page_use use);

/* Counts everything anew, lists and states included; a text of what is wrong, or NULL. */
const char *page_alloc_check(const struct page_alloc *pa);

#endif
