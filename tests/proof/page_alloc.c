// SPDX-License-Identifier: MIT
/*
 * mm/page_alloc.c: giving, from any valid state of one block. The first VARIED words of its free
 * field are any, the others all free or all not. Order by order runs are cut as large as can be,
 * and a frame that is not in use is never taken for one.
 */
#include <kernel/addr.h>
#include "model.h"

/* There is one block: said so, a frame's descriptor has an address the solver knows. */
static inline unsigned long only_block(pfn_t pfn)
{
	prove(pfn.v < BLOCK_FRAMES, "no frame of a block that is not");
	return 0;
}
#define pfn_block(pfn) only_block(pfn)

#include "mm/page_alloc.c"
#include "mm/block_list.c"
#include "mm/block_search.c"
#include "mm/pagedb.c"
#include "runs.h"

#ifndef VARIED
#define VARIED 1
#endif
#define NR_LISTS (NR_PAGE_USES * BLOCK_ORDER + 2)

bool host_irqs_off;

static struct block block, old;
static struct pagedb db;
static struct page_alloc pa;
static bool old_irqs_off;
/* Any run: what is asked of all runs is asked of this one. */
static unsigned int run_at, run_order;

/* max_order does not say less than this run. */
static bool bounded(const struct block *b, unsigned int at, unsigned int order)
{
	return b->state != BLOCK_PARTIAL || order <= b->max_order || !run_free(b, at, order);
}

/* --- what a valid state is --- */

static bool all_words(const uint64_t *field, uint64_t word)
{
	bool all = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		all = all && field[w] == word;
	return all;
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
	bool valid = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		valid = valid && !(b->free[w] & b->absent[w]) &&
			(b->free[w] != 0) == ((b->free_words >> w) & 1);
	return valid;
}

static bool block_valid(const struct block *b)
{
	return fields_valid(b) && b->state == state_of(b) && b->use < NR_PAGE_USES &&
	       b->nr_free + b->nr_absent + b->nr_holes <= BLOCK_FRAMES &&
	       (b->nr_absent == BLOCK_FRAMES) == (b->state == BLOCK_ABSENT) &&
	       (b->nr_free == 0) == all_words(b->free, 0) &&
	       (b->nr_free == BLOCK_FRAMES) == (b->state == BLOCK_WHOLE) &&
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
	unsigned int on = list_number(&block);
	bool valid = on == NR_LISTS || (block.prev == BLOCK_LINK_NONE && //
					block.next == BLOCK_LINK_NONE);

	for (unsigned int list = 0; list < NR_LISTS; list++)
		valid = valid && head_of(list) == (list == on ? 0 : BLOCK_LINK_NONE);
	for (unsigned int use = 0; use < NR_PAGE_USES; use++) {
		bool here = block.state == BLOCK_PARTIAL && block.use == use;

		valid = valid && pa.partial_orders[use] == (here ? 1U << block.max_order : 0);
	}
	return valid;
}

static bool next_valid(unsigned int use)
{
	const struct page_alloc_next *next = &pa.next[use];
	unsigned long w = next->first.v / 64;

	if (!pa.partial_orders[use])
		return !next->word;
	return w < BLOCK_WORDS && next->first.v % 64 == 0 && next->block == &block &&
	       next->word == &block.free[w] && block.free[w];
}

static bool counts_valid(void)
{
	return pa.nr_free == block.nr_free && pa.nr_whole == (block.state == BLOCK_WHOLE);
}

/* --- any valid state --- */

static void any_block(struct block *b)
{
	struct block any;
	unsigned int nr_free = 0;

	*b = any;
	for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
		if (w >= VARIED)
			b->free[w] = nondet_bool() ? ~0ULL : 0;
		nr_free += w < VARIED ? (unsigned int)__builtin_popcountll(b->free[w])
				      : (unsigned int)(b->free[w] & 64);
	}
	b->nr_free = (uint16_t)nr_free;
	b->use = nondet_bool();
	b->next = BLOCK_LINK_NONE;
	b->prev = BLOCK_LINK_NONE;
	assume(block_valid(b));
	assume(bounded(b, 0, BLOCK_ORDER - 1) && bounded(b, 256, BLOCK_ORDER - 1));
	assume(bounded(b, run_at, run_order));
}

/* Where no block is partly free, the word is NULL; the rest is left over from earlier. */
static void any_next(unsigned int use)
{
	unsigned long w = any_below(BLOCK_WORDS);

	pa.next[use] = (struct page_alloc_next){
		.word = pa.partial_orders[use] ? &block.free[w] : NULL,
		.block = &block,
		.first = PFN(w * 64),
	};
	assume(next_valid(use));
}

static void any_state(void)
{
	struct page_alloc any;

	run_at = (unsigned int)any_below(BLOCK_FRAMES);
	run_order = (unsigned int)any_below(BLOCK_ORDER);
	any_block(&block);
	db = (struct pagedb){.block = &block, .nr_blocks = 1, .max_blocks = 1};
	pa = any;
	pa.db = &db;
	assume(lists_valid() && counts_valid());
	any_next(PAGE_FIXED);
	any_next(PAGE_RECLAIMABLE);
	host_irqs_off = nondet_bool();
	old_irqs_off = host_irqs_off;
	old = block;
}

static void prove_valid(void)
{
	prove(block_valid(&block), "the block is valid");
	prove(lists_valid(), "it is on the list it has to be on, and no other");
	prove(counts_valid(), "nr_free and nr_whole are what the block says");
	prove(next_valid(0) && next_valid(1), "the next word is one of the first block's, or none");
	prove(bounded(&block, run_at, run_order), "max_order bounds every run");
	prove(host_irqs_off == old_irqs_off, "interrupts are as they were");
}

static void prove_unchanged(void)
{
	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		prove(block.free[w] == old.free[w] && block.absent[w] == old.absent[w],
		      "no frame changes its state");
	prove(block.nr_free == old.nr_free && block.nr_absent == old.nr_absent, "no count does");
	prove(block.use == old.use && block.flags == old.flags, "use and cleanness stay");
}

/* --- proofs --- */

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
	assume(bitmap_test(block.free, frame) || bitmap_test(block.absent, frame));
	prove(!page_alloc_give_one(&pa, PFN(frame)), "what is not in use is refused");
	prove_valid();
	prove_unchanged();
}
