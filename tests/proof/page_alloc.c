/* SPDX-License-Identifier: MIT */
/*
 * mm/alloc/page_alloc_give.c: from any valid state of one block. A run is cut into pieces as
 * large as can be, each piece is given rightly, and a frame that is not in use is never taken for
 * one.
 */
#include "allocator.h"

/* The only block is the next one of its use: none is left for another, to be settled. */
unsigned int block_largest_order(const struct block *b)
{
	(void)b;
	prove(false, "no block is settled");
	assume(false);
	return 0;
}

static void any_block(struct block *b)
{
	struct block any;

	*b = any;
	b->use = nondet_bool();
	assume(block_valid() && may_weigh(b->free, b->nr_free));
	assume(bounded());
}

/* Where no block is partly free, the word is NULL; the rest is left over from earlier. */
static void any_next(unsigned int use)
{
	unsigned long w = any_below(BLOCK_WORDS);

	pa.next[use] = (struct page_alloc_next){
		.word = pa.partial_orders[use] ? &blocks[0].free[w] : NULL,
		.block = &blocks[0],
		.first = PFN(w * 64),
	};
	assume(next_valid(use));
}

static void any_state(void)
{
	struct page_alloc any;

	any_run();
	any_block(&blocks[0]);
	db = (struct pagedb){.block = blocks, .nr_blocks = 1, .max_blocks = 1};
	pa = any;
	pa.db = &db;
	assume(lists_valid() && counts_valid());
	any_next(PAGE_FIXED);
	any_next(PAGE_RECLAIMABLE);
	any_next(PAGE_TABLE);
	linux_irqs_off = nondet_bool();
	old_irqs_off = linux_irqs_off;
	old = blocks[0];
}

/* Any state in which the run is in use, and has no hole: who gives it has it. */
static void any_state_in_use(unsigned int first, unsigned int n)
{
	uint64_t then[BLOCK_WORDS];

	any_state();
	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		assume(!((blocks[0].free[w] | blocks[0].absent[w]) & run_mask(w, first, n)));
		then[w] = blocks[0].free[w] | run_mask(w, first, n);
	}
	assume(may_weigh(then, blocks[0].nr_free + n));
}

static void prove_given(unsigned int first, unsigned int n)
{
	prove_valid();
	prove_changed(first, n, true);
	prove((blocks[0].flags | BLOCK_EXACT) == (old.flags | BLOCK_EXACT) &&
		      blocks[0].use == old.use,
	      "use and cleanness stay");
}

/* One frame, page_alloc_give()'s shortest path. */
void proof_give_one(void)
{
	unsigned int first = (unsigned int)any_below(BLOCK_FRAMES);

	any_state_in_use(first, 1);
	prove(page_alloc_give_one(&pa, PFN(first)), "a frame in use is taken back");
	prove_given(first, 1);
}

/* What page_alloc_give() makes of more frames than one: a row of these, cut by order_at(). */
void proof_give_run(void)
{
	unsigned int order = (unsigned int)any_below(BLOCK_ORDER + 1);
	unsigned int first = (unsigned int)any_below(BLOCK_FRAMES) >> order << order;

	any_state_in_use(first, 1U << order);
	give_run(&pa, PFN(first), order);
	prove_given(first, 1U << order);
}

void proof_order_at(void)
{
	unsigned long first = nondet_ulong(), n = nondet_ulong();
	unsigned int order;

	assume(n && first <= UINT64_MAX - n);
	order = order_at(PFN(first), n);
	prove(order <= BLOCK_ORDER && n >= 1UL << order,
	      "no more than there are, nor than a block");
	prove(first % (1UL << order) == 0, "aligned");
	prove(order == BLOCK_ORDER || n < 2UL << order || first % (2UL << order), "the largest");
}

/* A frame that is free or absent: refused, for page_alloc_give() to assert. */
void proof_give_refused(void)
{
	unsigned int frame = (unsigned int)any_below(BLOCK_FRAMES);

	any_state();
	assume(bitmap_test(blocks[0].free, frame) || bitmap_test(blocks[0].absent, frame));
	prove(!page_alloc_give_one(&pa, PFN(frame)), "what is not in use is refused");
	prove_valid();
	prove_changed(0, 0, true);
}
