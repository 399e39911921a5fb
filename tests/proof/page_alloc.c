// SPDX-License-Identifier: MIT
/*
 * The allocator, its lists, its search and the page database under it, from any valid state of two
 * blocks. The first VARIED words of a block's free field are any, the others all free or all not.
 * A weight is not counted anew afterwards: a field changed by just one run, a counter by as much.
 */
#include "mm/page_alloc.c"
#include "mm/block_list.c"
#include "mm/block_search.c"
#include "mm/pagedb.c"
#include "model.h"

#ifndef ORDER_FIRST
#define ORDER_FIRST 0
#define ORDER_LAST  0
#endif
#ifndef VARIED
#define VARIED 1
#endif
#define NR_BLOCKS 2UL
#define NR_FRAMES (NR_BLOCKS * BLOCK_FRAMES)
#define NR_LISTS  (NR_PAGE_USES * BLOCK_ORDER + 2)

bool host_irqs_off;

struct state {
	struct block block[NR_BLOCKS];
	struct page_alloc pa;
};

static struct block block[NR_BLOCKS];
static struct pagedb db;
static struct page_alloc pa;
static struct state old;
static bool old_irqs_off;
/* Any run: what is asked of all runs is asked of this one. */
static unsigned int run_block, run_at, run_order;

/* --- runs, by another way than the code's --- */

/* The bits of word `w` from frame `first` of the block on. */
static uint64_t from_on(unsigned int w, unsigned int first)
{
	if (first >= (w + 1) * 64)
		return 0;
	return first <= w * 64 ? ~0ULL : ~0ULL << (first % 64);
}

static uint64_t run_mask_of(unsigned int w, unsigned int first, unsigned int n)
{
	return from_on(w, first) & ~from_on(w, first + n);
}

static bool run_free(const struct block *b, unsigned int at, unsigned int order)
{
	unsigned int first = at >> order << order;
	bool all = true;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		all = all && !(run_mask_of(w, first, 1U << order) & ~b->free[w]);
	return all;
}

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

static bool links_are(unsigned int i, uint32_t prev, uint32_t next)
{
	return block[i].prev == prev && block[i].next == next;
}

/* The list holds the blocks it has to, each once, and no other. */
static bool list_valid(uint32_t head, bool has_0, bool has_1)
{
	if (!has_0 && !has_1)
		return head == BLOCK_LINK_NONE;
	if (!has_0 || !has_1)
		return head == has_1 && links_are(has_1, BLOCK_LINK_NONE, BLOCK_LINK_NONE);
	return head <= 1 && links_are(head, BLOCK_LINK_NONE, !head) &&
	       links_are(!head, head, BLOCK_LINK_NONE);
}

static bool lists_valid(void)
{
	unsigned int on_0 = list_number(&block[0]), on_1 = list_number(&block[1]);
	bool valid = true;

	for (unsigned int list = 0; list < NR_LISTS; list++) {
		unsigned int use = list / BLOCK_ORDER, order = list % BLOCK_ORDER;
		uint32_t head = head_of(list);

		valid = valid && list_valid(head, on_0 == list, on_1 == list);
		if (use < NR_PAGE_USES)
			valid = valid && ((pa.partial_orders[use] >> order) & 1) ==
						 (head != BLOCK_LINK_NONE);
	}
	return valid && pa.partial_orders[0] < 1U << BLOCK_ORDER &&
	       pa.partial_orders[1] < 1U << BLOCK_ORDER;
}

static bool next_valid(unsigned int use)
{
	const struct page_alloc_next *next = &pa.next[use];
	unsigned int at = (unsigned int)next->first.v / 64;

	if (!pa.partial_orders[use])
		return !next->word;
	return next->first.v < NR_FRAMES && next->first.v % 64 == 0 &&
	       pa.partial[use][bits_lowest(pa.partial_orders[use])] == at / BLOCK_WORDS &&
	       next->block == &block[at / BLOCK_WORDS] &&
	       next->word == &block[at / BLOCK_WORDS].free[at % BLOCK_WORDS] && *next->word;
}

static bool counts_valid(void)
{
	return pa.nr_free == 0UL + block[0].nr_free + block[1].nr_free &&
	       pa.nr_whole ==
		       0UL + (block[0].state == BLOCK_WHOLE) + (block[1].state == BLOCK_WHOLE);
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
	assume(block_valid(b));
	assume(bounded(b, 0, BLOCK_ORDER - 1) && bounded(b, 256, BLOCK_ORDER - 1));
}

/* With no list, what is not NULL is left over from some earlier one. */
static void any_next(struct page_alloc_next *next)
{
	unsigned int i = nondet_bool(), w = (unsigned int)any_below(BLOCK_WORDS);

	*next = (struct page_alloc_next){
		.word = nondet_bool() ? NULL : &block[i].free[w],
		.block = &block[i],
		.first = PFN(i * BLOCK_FRAMES + w * 64),
	};
}

static void any_state(void)
{
	struct page_alloc any;

	pa = any;
	pa.db = &db;
	db = (struct pagedb){.block = block, .nr_blocks = NR_BLOCKS, .max_blocks = NR_BLOCKS};
	run_block = nondet_bool();
	run_at = (unsigned int)any_below(BLOCK_FRAMES);
	run_order = (unsigned int)any_below(BLOCK_ORDER);
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		any_block(&block[i]);
	assume(bounded(&block[run_block], run_at, run_order));
	for (unsigned int use = 0; use < NR_PAGE_USES; use++) {
		any_next(&pa.next[use]);
		assume(next_valid(use));
	}
	assume(lists_valid() && counts_valid());
	host_irqs_off = nondet_bool();
	old_irqs_off = host_irqs_off;
	old.block[0] = block[0];
	old.block[1] = block[1];
	old.pa = pa;
}

static void prove_valid(void)
{
	prove(block_valid(&block[0]) && block_valid(&block[1]), "the blocks are valid");
	prove(lists_valid(), "every block is on the list it has to be on, and no other");
	prove(counts_valid(), "nr_free and nr_whole are what the blocks say");
	prove(next_valid(0) && next_valid(1), "the next word is one of the first block's, or none");
	prove(bounded(&block[run_block], run_at, run_order), "max_order bounds every run");
	prove(host_irqs_off == old_irqs_off, "interrupts are as they were");
}

/* What the allocator never changes. */
static bool else_unchanged(unsigned int i)
{
	const struct block *b = &block[i], *was = &old.block[i];
	bool same = b->nr_absent == was->nr_absent && b->nr_holes == was->nr_holes &&
		    b->heap_chunks == was->heap_chunks;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		same = same && b->absent[w] == was->absent[w];
	return same;
}

/* Frames [first, first + n) change, and no other; `n` may be 0. */
static void prove_changed(unsigned long first, unsigned int n, bool to_free)
{
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		bool here = first / BLOCK_FRAMES == i;
		unsigned int change = here ? n : 0;

		for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
			uint64_t mask = run_mask_of(w, first % BLOCK_FRAMES, change);
			uint64_t was = old.block[i].free[w];

			prove(!((to_free ? was : ~was) & mask), "they were not what they are now");
			prove(block[i].free[w] == (to_free ? was | mask : was & ~mask),
			      "they changed, and no other frame");
		}
		prove(block[i].nr_free == (to_free ? old.block[i].nr_free + change
						   : old.block[i].nr_free - change),
		      "nr_free changed by as many");
		prove(else_unchanged(i), "nothing else of a block changed");
	}
}

/* --- the search --- */

static struct block any_fields(void)
{
	struct block b;

	assume(fields_valid(&b));
	return b;
}

void proof_find_run(void)
{
	struct block b = any_fields();
	unsigned int order = ORDER_FIRST + any_below(ORDER_LAST - ORDER_FIRST + 1), offset = 0;
	unsigned int at = (unsigned int)any_below(BLOCK_FRAMES) >> order << order;
	bool found = block_find_run(&b, order, &offset);

	prove(!found || (offset < BLOCK_FRAMES && offset % (1U << order) == 0), "it is aligned");
	prove(!found || run_free(&b, offset, order), "what is found is free");
	prove(!run_free(&b, at, order) || (found && offset <= at), "the lowest run is found");
	prove(block_run_is_free(&b, at, order) == run_free(&b, at, order), "a run is free, or not");
}

void proof_largest(void)
{
	struct block b = any_fields();
	unsigned int at = (unsigned int)any_below(BLOCK_FRAMES), offset, order;
	unsigned int larger = (unsigned int)any_below(BLOCK_ORDER);

	assume(b.free_words && b.nr_free);
	order = block_largest_order(&b);
	prove(order < BLOCK_ORDER && block_find_run(&b, order, &offset), "it has such a run");
	prove(larger <= order || !run_free(&b, at, larger), "it has no larger one");
}

/* --- taking --- */

/* Is there a run to take: by another way than the code's, for this place of all? */
static bool could_take(unsigned int order)
{
	return order == BLOCK_ORDER ? old.block[run_block].state == BLOCK_WHOLE
				    : run_free(&old.block[run_block], run_at, order);
}

static void prove_taken(pfn_t first, unsigned int order, enum page_use use)
{
	unsigned int i = first.v / BLOCK_FRAMES, other = !i;
	bool was_whole = old.block[i].state == BLOCK_WHOLE;

	prove(first.v < NR_FRAMES && first.v % (1UL << order) == 0, "an aligned run of ours");
	prove_changed(first.v, 1U << order, false);
	prove(!(block[i].flags & BLOCK_CLEAN), "its block is not clean any more");
	prove(block[i].use == (was_whole ? use : old.block[i].use), "a whole block gets the use");
	prove(block[other].use == old.block[other].use, "the other keeps its own");
	prove(block[other].flags == old.block[other].flags, "and stays clean, or not");
	prove(was_whole || block[i].use == use || !old.pa.nr_whole,
	      "of another use only if nothing is whole");
	prove(!was_whole || order == BLOCK_ORDER || !could_take(order) ||
		      old.block[run_block].state == BLOCK_WHOLE || old.block[run_block].use != use,
	      "whole blocks stay whole while a partly free one of the use has such a run");
	prove(!was_whole || !(old.block[i].flags & BLOCK_CLEAN) ||
		      old.block[other].state != BLOCK_WHOLE ||
		      (old.block[other].flags & BLOCK_CLEAN),
	      "memory that was never used is the last to be taken");
}

void proof_take(void)
{
	unsigned int order = ORDER_FIRST + any_below(ORDER_LAST - ORDER_FIRST + 1);
	enum page_use use = nondet_bool() ? PAGE_FIXED : PAGE_RECLAIMABLE;
	pfn_t first;
	int err;

	any_state();
	assume(order == BLOCK_ORDER || bounded(&block[run_block], run_at, order));
	err = page_alloc_take(&pa, order, use, &first);
	prove_valid();
	prove(err == 0 || err == -ENOMEM, "success, or no memory");
	prove(err == 0 || !could_take(order), "no memory: there is no such run");
	if (!err)
		prove_taken(first, order, use);
	else
		prove_changed(0, 0, false);
}

/* Runs of whole blocks, up to more than there are; and orders that are none. */
void proof_take_blocks(void)
{
	unsigned int order = BLOCK_ORDER + 1 + any_below(PAGE_ORDER_MAX - BLOCK_ORDER + 1);
	enum page_use use = nondet_bool() ? PAGE_FIXED : PAGE_RECLAIMABLE;
	bool possible;
	pfn_t first;
	int err;

	any_state();
	possible = order == BLOCK_ORDER + 1 && pa.nr_whole == NR_BLOCKS;
	err = page_alloc_take(&pa, order, use, &first);
	prove_valid();
	prove(err == (order > PAGE_ORDER_MAX ? -EINVAL
		      : possible	     ? 0
					     : -ENOMEM),
	      "success if and only if all are whole");
	if (err) {
		prove_changed(0, 0, false);
		return;
	}
	prove(first.v == 0 && pa.nr_free == 0, "all frames are taken");
	prove(block[0].use == use && block[1].use == use, "for this use");
	prove(!((block[0].flags | block[1].flags) & BLOCK_CLEAN), "no block is clean any more");
	prove(else_unchanged(0) && else_unchanged(1), "nothing else of a block changed");
}

/* --- giving --- */

/* In use, and not a hole: who gives it has it. */
static void assume_in_use(pfn_t first, unsigned int n)
{
	const struct block *b = &block[first.v / BLOCK_FRAMES];

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		assume(!((b->free[w] | b->absent[w]) & run_mask_of(w, pfn_offset(first), n)));
	assume(b->nr_free + b->nr_absent + b->nr_holes + n <= BLOCK_FRAMES);
}

static void prove_given(pfn_t first, unsigned int n)
{
	prove_valid();
	prove_changed(first.v, n, true);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		prove(block[i].use == old.block[i].use, "blocks keep their use");
		prove(block[i].flags == old.block[i].flags, "and are clean, or not, as before");
	}
}

void proof_give(void)
{
	unsigned int order = ORDER_FIRST + any_below(ORDER_LAST - ORDER_FIRST + 1);
	pfn_t first = PFN(any_below(NR_FRAMES) >> order << order);

	any_state();
	assume_in_use(first, 1U << order);
	page_alloc_give(&pa, first, 1UL << order);
	prove_given(first, 1U << order);
}

/* A frame that is free, absent or beyond the database: refused, for page_alloc_give to assert. */
void proof_give_refused(void)
{
	pfn_t pfn = PFN(nondet_ulong());
	const struct block *b;

	any_state();
	b = &block[pfn.v / BLOCK_FRAMES % NR_BLOCKS];
	assume(pfn.v >= NR_FRAMES || bitmap_test(b->free, pfn_offset(pfn)) ||
	       bitmap_test(b->absent, pfn_offset(pfn)));
	prove(!page_alloc_give_one(&pa, pfn), "what is not in use is refused");
	prove_valid();
	prove_changed(0, 0, true);
}
