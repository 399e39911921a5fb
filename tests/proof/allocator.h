/* SPDX-License-Identifier: MIT */
/*
 * The allocator over one block: mm/page_alloc.c and block_list.c as they are, the page database
 * under them as pagedb.c proves it, and what a valid state of it all is.
 */
#ifndef PROOF_ALLOCATOR_H
#define PROOF_ALLOCATOR_H

#include <kernel/addr.h>

#include "model.h"

/* There is one block: said so, a frame's descriptor has an address the solver knows. */
static inline unsigned long only_block(pfn_t pfn)
{
	prove(pfn.v < BLOCK_FRAMES, "no frame of a block that is not");
	return 0;
}
#define pfn_block(pfn) only_block(pfn)

#include "mm/block_list.c"
#include "mm/page_alloc.c"
#include "runs.h"

#define NR_LISTS (NR_PAGE_USES * BLOCK_ORDER + 2)

bool host_irqs_off, host_irq_pending;

static struct block blocks[1], old;
static struct pagedb db;
static struct page_alloc pa;
static bool old_irqs_off;
/* Any run: what is asked of all runs is asked of this one. */
static unsigned int run_at, run_order;
static uint64_t run[BLOCK_WORDS];

static void any_run(void)
{
	run_at = (unsigned int)any_below(BLOCK_FRAMES);
	run_order = (unsigned int)any_below(BLOCK_ORDER);
	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		run[w] = run_mask(w, run_at >> run_order << run_order, 1U << run_order);
}

static bool any_run_is_free(const struct block *b)
{
	uint64_t used = 0;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		used |= run[w] & ~b->free[w];
	return !used;
}

void host_irq_deliver(void)
{
	prove(false, "no interrupt comes");
}

/* --- the page database --- */

void pagedb_set_state(struct pagedb *of, unsigned long number, enum block_state from,
		      enum block_state to)
{
	prove(of == &db && number == 0 && blocks[0].state == from,
	      "the state is what it was taken for");
	blocks[0].state = (uint8_t)to;
}

/*
 * The frames' bits change, free_words and nr_free follow. Of weights this is assumed: that frames
 * which are free are counted, and that what was a weight is one again.
 */
static void change(pfn_t first, unsigned long n, bool to_free)
{
	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		uint64_t mask = run_mask(w, (unsigned int)first.v, (unsigned int)n);
		uint64_t not_so =
			to_free ? blocks[0].free[w] | blocks[0].absent[w] : ~blocks[0].free[w];

		prove(!(not_so & mask), "the frames are what they were taken for");
		blocks[0].free[w] = to_free ? blocks[0].free[w] | mask : blocks[0].free[w] & ~mask;
		blocks[0].free_words &= ~(1U << w);
		blocks[0].free_words |= (blocks[0].free[w] != 0) << w;
	}
	assume(to_free || n <= blocks[0].nr_free);
	blocks[0].nr_free = to_free ? blocks[0].nr_free + n : blocks[0].nr_free - n;
	assume(may_weigh(blocks[0].free, blocks[0].nr_free));
}

void pagedb_free(struct pagedb *of, pfn_t first, unsigned long nr_frames)
{
	prove(of == &db && first.v + nr_frames <= BLOCK_FRAMES, "a run of the block");
	change(first, nr_frames, true);
}

void pagedb_use(struct pagedb *of, pfn_t first, unsigned long nr_frames)
{
	prove(of == &db && first.v + nr_frames <= BLOCK_FRAMES, "a run of the block");
	change(first, nr_frames, false);
}

/* No run of more than one block is asked for. */
bool page_alloc_take_long(struct page_alloc *of, unsigned int order, enum page_use use,
			  pfn_t *first)
{
	(void)of, (void)order, (void)use, (void)first;
	prove(false, "no run of more than one block");
	return false;
}

bool block_words_are_free(const struct block *b, unsigned int first, unsigned int end)
{
	bool all = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		all = all && (w < first || w >= end || b->free[w] == ~0ULL);
	return all;
}

/* --- what a valid state is --- */

static bool all_words(const uint64_t *field, uint64_t word)
{
	bool all = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		all = all && field[w] == word;
	return all;
}

/* max_order does not say less than the run. */
static bool bounded(const struct block *b)
{
	return b->state != BLOCK_PARTIAL || run_order <= b->max_order || !any_run_is_free(b);
}

static enum block_state state_of(const struct block *b)
{
	if (all_words(b->absent, ~0ULL))
		return BLOCK_ABSENT;
	if (all_words(b->free, 0))
		return BLOCK_FULL;
	return all_words(b->free, ~0ULL) ? BLOCK_WHOLE : BLOCK_PARTIAL;
}

static bool fields_valid(const struct block *b)
{
	bool valid = !(b->free_words >> BLOCK_WORDS);

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		valid = valid && !(b->free[w] & b->absent[w]) &&
			(b->free[w] != 0) == ((b->free_words >> w) & 1);
	return valid;
}

static bool block_valid(const struct block *b)
{
	return fields_valid(b) && b->state == state_of(b) && b->use < NR_PAGE_USES &&
	       (b->state == BLOCK_PARTIAL ? b->max_order < BLOCK_ORDER : b->max_order == 0);
}

/* The number of the list that a block has to be on; NR_LISTS: none. */
static unsigned int list_number(const struct block *b)
{
	if (b->state == BLOCK_PARTIAL)
		return b->use * BLOCK_ORDER + b->max_order;
	if (b->state == BLOCK_WHOLE)
		return NR_PAGE_USES * BLOCK_ORDER + (b->flags & BLOCK_CLEAN);
	return NR_LISTS;
}

static uint32_t head_of(unsigned int list)
{
	if (list < NR_PAGE_USES * BLOCK_ORDER)
		return pa.partial[list / BLOCK_ORDER][list % BLOCK_ORDER];
	return list == NR_LISTS - 1 ? pa.whole_clean : pa.whole_used;
}

/* The block is on the list it has to be on, and no other list holds anything. */
static bool lists_valid(void)
{
	unsigned int on = list_number(&blocks[0]);
	bool valid = on == NR_LISTS || (blocks[0].prev == BLOCK_LINK_NONE && //
					blocks[0].next == BLOCK_LINK_NONE);

	for (unsigned int list = 0; list < NR_LISTS; list++)
		valid = valid && head_of(list) == (list == on ? 0 : BLOCK_LINK_NONE);
	for (unsigned int use = 0; use < NR_PAGE_USES; use++) {
		bool here = blocks[0].state == BLOCK_PARTIAL && blocks[0].use == use;

		valid = valid && pa.partial_orders[use] == (here ? 1U << blocks[0].max_order : 0);
	}
	return valid;
}

static bool next_valid(unsigned int use)
{
	const struct page_alloc_next *next = &pa.next[use];
	unsigned long w = next->first.v / 64;

	if (!pa.partial_orders[use])
		return !next->word;
	return w < BLOCK_WORDS && next->first.v % 64 == 0 && next->block == &blocks[0] &&
	       next->word == &blocks[0].free[w] && blocks[0].free[w];
}

static bool counts_valid(void)
{
	return pa.nr_free == blocks[0].nr_free && pa.nr_whole == (blocks[0].state == BLOCK_WHOLE);
}

static void prove_valid(void)
{
	prove(block_valid(&blocks[0]), "the block is valid");
	prove(lists_valid(), "it is on the list it has to be on, and no other");
	prove(counts_valid(), "nr_free and nr_whole are what the block says");
	prove(next_valid(0) && next_valid(1) && next_valid(2),
	      "the next word is one of the first block's, or none");
	prove(bounded(&blocks[0]), "max_order bounds every run");
	prove(host_irqs_off == old_irqs_off, "interrupts are as they were");
}

/* Frames [first, first + n) change, and no other; `n` may be 0. */
static void prove_changed(unsigned int first, unsigned int n, bool to_free)
{
	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		uint64_t mask = run_mask(w, first, n), was = old.free[w];

		prove(!((to_free ? was | old.absent[w] : ~was) & mask),
		      "they were not what they are now");
		prove(blocks[0].free[w] == (to_free ? was | mask : was & ~mask),
		      "they changed, and no other frame");
		prove(blocks[0].absent[w] == old.absent[w], "what is absent stays absent");
	}
	prove(blocks[0].nr_free == (to_free ? old.nr_free + n : old.nr_free - n),
	      "nr_free changed by as many");
	prove(blocks[0].nr_absent == old.nr_absent && blocks[0].nr_holes == old.nr_holes &&
		      blocks[0].heap_chunks == old.heap_chunks,
	      "nothing else of the block changed");
}

#endif
