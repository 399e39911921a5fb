/* SPDX-License-Identifier: MIT */
/*
 * The allocator over one block: mm/alloc/page_alloc.c, page_alloc_give.c and block_list.c as they
 * are, the page database under them as pagedb.c proves it, and what a valid state of it all is.
 */
#ifndef PROOF_ALLOCATOR_H
#define PROOF_ALLOCATOR_H

#include <lib/addr.h>

#include "model.h"

/* There is one block: said so, a frame's descriptor has an address the solver knows. */
static inline unsigned long only_block(pfn_t pfn)
{
	prove(pfn.v < BLOCK_FRAMES, "no frame of a block that is not");
	return 0;
}
#define pfn_block(pfn) only_block(pfn)

#include "mm/alloc/block_list.c"
#include "mm/alloc/page_alloc.c"
#include "mm/alloc/page_alloc_give.c"
#include "runs.h"

bool linux_irqs_off, linux_irq_pending;

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

void linux_irq_deliver(void)
{
	prove(false, "no interrupt comes");
}

/*
 * The run that changes, if the proof chose it before: its mask is made once for all cases, and each
 * use of it proves that the run is this one. known_n is a literal; 0: no run was chosen.
 */
static unsigned int known_first, known_n;
static uint64_t known[BLOCK_WORDS];

static uint64_t mask_of(unsigned int w, unsigned int first, unsigned int n)
{
	if (!known_n || !n)
		return run_mask(w, first, n);
	prove(first == known_first && n == known_n, "the run that was found");
	return known[w];
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
		uint64_t mask = mask_of(w, (unsigned int)first.v, (unsigned int)n);
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
bool pagedb_find_whole(const struct pagedb *of, unsigned int order, unsigned long from,
		       unsigned long *block)
{
	(void)of, (void)order, (void)from, (void)block;
	prove(false, "no run of more than one block");
	return false;
}

bool block_words_are_free(const struct block *b, unsigned int first, unsigned int end)
{
	bool all = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		all &= w < first || w >= end || b->free[w] == ~0ULL;
	return all;
}

/* --- what a valid state is --- */

/* max_order does not say less than the run. */
static bool bounded(void)
{
	return blocks[0].state != BLOCK_PARTIAL || run_order <= blocks[0].max_order ||
	       !any_run_is_free(&blocks[0]);
}

/* The state follows from the fields, and so does free_words. */
static bool fields_valid(void)
{
	uint64_t free_any = 0, free_all = ~0ULL, absent_all = ~0ULL, both = 0;
	unsigned int words = 0;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		uint64_t free = blocks[0].free[w], absent = blocks[0].absent[w];

		free_any |= free;
		free_all &= free;
		absent_all &= absent;
		both |= free & absent;
		words |= (unsigned int)(free != 0) << w;
	}
	return !both && blocks[0].free_words == words &&
	       (blocks[0].state == BLOCK_ABSENT) == (absent_all == ~0ULL) &&
	       (blocks[0].state == BLOCK_WHOLE) == (free_all == ~0ULL) &&
	       (blocks[0].state == BLOCK_FULL) == (free_any == 0 && absent_all != ~0ULL) &&
	       blocks[0].state < NR_BLOCK_STATES;
}

static bool block_valid(void)
{
	return fields_valid() && blocks[0].use < NR_PAGE_USES &&
	       block_owner(&blocks[0]) < OWNERS_MAX &&
	       (blocks[0].state == BLOCK_PARTIAL ? blocks[0].max_order < BLOCK_ORDER
						 : blocks[0].max_order == 0);
}

/* A list's first block: this one or none. */
static bool heads(uint32_t list, bool here)
{
	return list == (here ? 0 : BLOCK_LINK_NONE);
}

/* The block is on the list it has to be on, and no other list holds anything. */
static bool lists_valid(void)
{
	bool whole = blocks[0].state == BLOCK_WHOLE, partial = blocks[0].state == BLOCK_PARTIAL;
	bool clean = blocks[0].flags & BLOCK_CLEAN, valid = true;

	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++) {
		bool its = whole && block_owner(&blocks[0]) == owner;

		valid &= heads(pa.whole[owner].clean, its && clean) &&
			 heads(pa.whole[owner].used, its && !clean) && pa.whole[owner].nr == its;
	}
	valid &= !(whole || partial) ||
		 (blocks[0].prev == BLOCK_LINK_NONE && blocks[0].next == BLOCK_LINK_NONE);
	for (unsigned int use = 0; use < NR_PAGE_USES; use++) {
		unsigned int orders =
			partial && blocks[0].use == use ? 1U << blocks[0].max_order : 0;

		valid &= pa.partial_orders[use] == orders;
		for (unsigned int order = 0; order < BLOCK_ORDER; order++)
			valid &= heads(pa.partial[use][order], (orders >> order) & 1);
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
	return pa.nr_free == blocks[0].nr_free;
}

static void prove_valid(void)
{
	prove(block_valid(), "the block is valid");
	prove(lists_valid(), "it is on the list it has to be on, and no other");
	prove(counts_valid(), "nr_free is what the block says");
	prove(next_valid(0) && next_valid(1) && next_valid(2),
	      "the next word is one of the first block's, or none");
	prove(bounded(), "max_order bounds every run");
	prove(linux_irqs_off == old_irqs_off, "interrupts are as they were");
}

/* Frames [first, first + n) change, and no other; `n` may be 0. */
static void prove_changed(unsigned int first, unsigned int n, bool to_free)
{
	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		uint64_t mask = mask_of(w, first, n), was = old.free[w];

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
