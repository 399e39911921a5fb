/* SPDX-License-Identifier: MIT */
/*
 * mm/alloc/page_alloc.c, taking: from any valid state of one block, case by case, for the solver to
 * know each list and link. The search is what block_search.c proves of it.
 */
#include "allocator.h"

#ifndef OF_FIRST
#define OF_FIRST 0U /* the first use of a block that is partly free */
#endif

/* A case. Each value is a literal for the solver. */
struct kind {
	enum block_state state;
	enum page_use use; /* while PARTIAL */
	unsigned int max_order;
	unsigned int words; /* bit w: free[w] is not 0 */
	unsigned int w;	    /* while PARTIAL: the next word */
	unsigned int owner; /* while WHOLE, and so is clean; others may have any */
	bool clean;
	bool finds;	      /* does a search find a run? */
	unsigned int largest; /* what block_largest_order() returns, or NOT_ASKED */
};

#define NOT_ASKED BLOCK_ORDER
#define ALL_WORDS ((1U << BLOCK_WORDS) - 1)

static bool finds;
static unsigned int largest;

/* The run that a search finds, if one does. A partly free block has a run of order 0. */
bool block_find_run(const struct block *b, unsigned int order, unsigned int *offset)
{
	uint64_t used = 0;

	prove(b == &blocks[0] && order < BLOCK_ORDER, "a run that may be in a block");
	prove(finds || order > 0, "a frame is found");
	prove(b->nr_free, "something is free");
	if (!finds) {
		assume(run_order < order || !any_run_is_free(b));
		return false;
	}
	prove(known_n == 1U << order, "the order that is asked for");
	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		used |= known[w] & ~b->free[w];
	assume(!used);
	*offset = known_first;
	return true;
}

/* Its value is a case; where it is none, a call refutes the proof. */
unsigned int block_largest_order(const struct block *b)
{
	prove(b == &blocks[0] && b->nr_free, "something is free");
	prove(largest != NOT_ASKED, "the largest order is looked for when there is need");
	assume(run_order <= largest || !any_run_is_free(b));
	return largest;
}

static uint8_t any_flags(void)
{
	return (uint8_t)(nondet_bool() | any_below(OWNERS_MAX) << BLOCK_OWNER_SHIFT);
}

static void any_state_of(struct kind kind)
{
	struct block any;

	blocks[0] = any;
	blocks[0].next = BLOCK_LINK_NONE;
	blocks[0].prev = BLOCK_LINK_NONE;
	blocks[0].state = (uint8_t)kind.state;
	blocks[0].use = (uint8_t)kind.use;
	blocks[0].max_order = (uint8_t)kind.max_order;
	blocks[0].free_words = (uint8_t)kind.words;
	blocks[0].flags = any_flags();
	if (kind.state == BLOCK_WHOLE)
		blocks[0].flags = (uint8_t)(kind.clean | kind.owner << BLOCK_OWNER_SHIFT);
	assume(block_valid() && may_weigh(blocks[0].free, blocks[0].nr_free));
	assume(bounded());
	pa.nr_free = blocks[0].nr_free;
	if (kind.state == BLOCK_PARTIAL || kind.state == BLOCK_WHOLE)
		block_enlist(&pa, 0);
	blocks[0].flags = blocks[0].flags & ~BLOCK_EXACT; /* it may be more than is true */
	for (unsigned int use = 0; use < NR_PAGE_USES; use++)
		pa.next[use].block = blocks;
	pa.tables_apart = nondet_bool();
	if (kind.state == BLOCK_PARTIAL) {
		pa.next[kind.use].first = PFN(kind.w * 64UL);
		pa.next[kind.use].word = &blocks[0].free[kind.w];
	}
	prove(lists_valid() && counts_valid(), "the state is a valid one");
	assume(next_valid(PAGE_FIXED) && next_valid(PAGE_RECLAIMABLE) && next_valid(PAGE_TABLE));
	linux_irqs_off = nondet_bool();
	old_irqs_off = linux_irqs_off;
	old = blocks[0];
}

/* A single table takes its block along. */
static bool hands_over(unsigned int order, enum page_use use)
{
	return order == 0 && use == PAGE_TABLE;
}

/* Is the block searched for a run? A frame of its own use is taken from the next word instead. */
static bool searches(struct kind kind, unsigned int order, enum page_use use)
{
	return order <= kind.max_order && kind.state == BLOCK_PARTIAL &&
	       (order > 0 || kind.use != use);
}

/* Chooses the run that a search finds: any of this order. */
static void any_found(unsigned int order)
{
	known_first = (unsigned int)any_below(BLOCK_FRAMES) >> order << order;
	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		known[w] = run_mask(w, known_first, 1U << order);
}

static void prove_refused(struct kind kind, unsigned int order, bool apart)
{
	prove(kind.state != BLOCK_WHOLE && (apart || run_order < order || !any_run_is_free(&old)),
	      "no memory: there is no such run");
	prove_changed(0, 0, false);
	prove((blocks[0].flags | BLOCK_EXACT) == (old.flags | BLOCK_EXACT) &&
		      blocks[0].use == old.use,
	      "use and cleanness stay");
}

static void prove_taken(struct kind kind, pfn_t first, unsigned int order, enum page_use use)
{
	bool changes = kind.state == BLOCK_WHOLE || hands_over(order, use);

	prove(first.v < BLOCK_FRAMES && first.v % (1UL << order) == 0, "an aligned run of ours");
	prove_changed((unsigned int)first.v, 1U << order, false);
	prove(!(blocks[0].flags & BLOCK_CLEAN), "the block is not clean any more");
	prove(block_owner(&blocks[0]) == block_owner(&old), "the block stays its owner's");
	prove(blocks[0].use == (changes ? use : kind.use),
	      "a whole block gets the use, and one that the first table is taken out of");
}

static void take(struct kind kind, unsigned int order, enum page_use use)
{
	pfn_t first;
	bool apart;
	int err;

	any_state_of(kind);
	apart = pa.tables_apart && kind.use == PAGE_TABLE && use != PAGE_TABLE;
	finds = kind.finds;
	largest = kind.largest;
	known_n = searches(kind, order, use) && kind.finds ? 1U << order : 0;
	err = page_alloc_take(&pa, order, use, &first);
	prove_valid();
	prove(err == 0 || err == -ENOMEM, "success, or no memory");
	prove(err || !apart, "tables stay apart");
	if (err)
		prove_refused(kind, order, apart);
	else
		prove_taken(kind, first, order, use);
	assume(false); /* what follows is another case */
}

/*
 * A search finds a run, or fails and leaves a lower largest order. A block that is handed over may
 * have any largest order up to its max_order.
 */
static void take_from_kind(struct kind kind, unsigned int order, enum page_use use)
{
	unsigned int answer = nondet_uint();
	bool found = nondet_bool(), handed = hands_over(order, use) && kind.use != use;

	for (unsigned int l = 0; l < (handed ? kind.max_order + 1 : order); l++) {
		kind.finds = handed;
		kind.largest = l;
		if (!found && answer == l && (handed || order <= kind.max_order))
			take(kind, order, use);
	}
	kind.finds = true;
	kind.largest = NOT_ASKED;
	if (found && !handed)
		take(kind, order, use);
}

static void take_from_partly(unsigned int order, enum page_use use, enum page_use of)
{
	unsigned int max_order = nondet_uint(), words = nondet_uint(), w = nondet_uint();

	for (unsigned int m = 0; m < BLOCK_ORDER; m++) {
		for (unsigned int ws = 1; ws <= ALL_WORDS; ws++) {
			for (unsigned int i = 0; i < BLOCK_WORDS; i++) {
				struct kind kind = {BLOCK_PARTIAL, of, m, ws, i};

				if (max_order == m && words == ws && w == i && (ws >> i) & 1)
					take_from_kind(kind, order, use);
			}
		}
	}
}

static void take_from_other(unsigned int order, enum page_use use)
{
	static const struct kind kinds[] = {
		{BLOCK_WHOLE, .words = ALL_WORDS, .clean = true, .largest = NOT_ASKED},
		{BLOCK_WHOLE, .words = ALL_WORDS, .largest = NOT_ASKED},
		{BLOCK_WHOLE, .words = ALL_WORDS, .clean = true, .owner = 1, .largest = NOT_ASKED},
		{BLOCK_WHOLE, .words = ALL_WORDS, .owner = 1, .largest = NOT_ASKED},
		{BLOCK_FULL, .largest = NOT_ASKED},
		{BLOCK_ABSENT, .largest = NOT_ASKED},
	};
	unsigned int any = nondet_uint();

	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (any == i)
			take(kinds[i], order, use);
	}
}

void proof_take(void)
{
	unsigned int order = nondet_uint(), use = nondet_uint(), of = nondet_uint();

	any_run();
	db = (struct pagedb){.block = blocks, .nr_blocks = 1, .max_blocks = 1};
	page_alloc_init(&pa, &db);
	pa.nr_owners = OWNERS_MAX;
	for (unsigned int o = ORDER_FIRST; o <= ORDER_LAST; o++) {
		any_found(o);
		for (unsigned int u = USE_FIRST; u <= USE_LAST; u++) {
			if (order != o || use != u)
				continue;
			if (of == NR_PAGE_USES)
				take_from_other(o, (enum page_use)u);
			for (unsigned int b = OF_FIRST; b <= OF_LAST; b++) {
				if (of == b)
					take_from_partly(o, (enum page_use)u, (enum page_use)b);
			}
		}
	}
}
