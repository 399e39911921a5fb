/* SPDX-License-Identifier: MIT */
/*
 * mm/page_alloc.c, taking: from any valid state of one block, case by case, for the solver to know
 * each list and link. The search is what block_search.c proves of it.
 */
#include "allocator.h"

/* If a run is not found, then neither is any larger one. */
static unsigned int not_found = BLOCK_ORDER, largest_left;

bool block_find_run(const struct block *b, unsigned int order, unsigned int *offset)
{
	unsigned int at = (unsigned int)any_below(BLOCK_FRAMES) >> order << order;
	bool found = nondet_bool();

	prove(b == &blocks[0] && order < BLOCK_ORDER, "a run that may be in a block");
	assume(found ? run_free(b, at, order) : run_order < order || !any_run_is_free(b));
	if (found)
		*offset = at;
	else
		not_found = order;
	return found;
}

/* The order is one of the proof's cases. */
unsigned int block_largest_order(const struct block *b)
{
	prove(b == &blocks[0] && b->nr_free, "something is free");
	assume(largest_left < not_found);
	assume(run_order <= largest_left || !any_run_is_free(b));
	return largest_left;
}

/* A case: of a block that is partly free, its max_order and its word that is the next one. */
struct kind {
	enum block_state state;
	unsigned int max_order, w;
	bool clean; /* of a whole block; others may be either */
};

static void any_state_of(struct kind kind)
{
	struct block any;

	blocks[0] = any;
	blocks[0].next = BLOCK_LINK_NONE;
	blocks[0].prev = BLOCK_LINK_NONE;
	blocks[0].state = (uint8_t)kind.state;
	blocks[0].use = PAGE_FIXED;
	blocks[0].max_order = (uint8_t)kind.max_order;
	blocks[0].flags = kind.state == BLOCK_WHOLE ? kind.clean : nondet_bool();
	assume(block_valid(&blocks[0]) && may_weigh(blocks[0].free, blocks[0].nr_free));
	assume(bounded(&blocks[0]));
	db = (struct pagedb){.block = blocks, .nr_blocks = 1, .max_blocks = 1};
	page_alloc_init(&pa, &db);
	pa.nr_free = blocks[0].nr_free;
	if (kind.state == BLOCK_PARTIAL || kind.state == BLOCK_WHOLE)
		block_enlist(&pa, 0);
	blocks[0].flags = blocks[0].flags & ~BLOCK_EXACT; /* it may be more than is true */
	pa.next[PAGE_RECLAIMABLE].block = blocks;
	pa.next[PAGE_TABLE].block = blocks;
	pa.tables_apart = nondet_bool();
	if (kind.state == BLOCK_PARTIAL) {
		pa.next[PAGE_FIXED].first = PFN(kind.w * 64UL);
		pa.next[PAGE_FIXED].block = blocks;
		pa.next[PAGE_FIXED].word = &blocks[0].free[kind.w];
	}
	prove(lists_valid() && counts_valid(), "the state is a valid one");
	assume(next_valid(PAGE_FIXED) && next_valid(PAGE_RECLAIMABLE) && next_valid(PAGE_TABLE));
	host_irqs_off = nondet_bool();
	old_irqs_off = host_irqs_off;
	old = blocks[0];
}

/* A single table takes its block along. */
static bool hands_over(unsigned int order, enum page_use use)
{
	return order == 0 && use == PAGE_TABLE;
}

/* Takes from a state of this kind; after a search that fails, `largest` is the largest order. */
static void take(struct kind kind, unsigned int order, enum page_use use, unsigned int largest)
{
	pfn_t first;
	int err;

	any_state_of(kind);
	largest_left = largest;
	err = page_alloc_take(&pa, order, use, &first);
	prove_valid();
	prove(err == 0 || err == -ENOMEM, "success, or no memory");
	if (err) {
		prove(kind.state != BLOCK_WHOLE && (run_order < order || !any_run_is_free(&old)),
		      "no memory: there is no such run");
		prove_changed(0, 0, false);
		prove((blocks[0].flags | BLOCK_EXACT) == (old.flags | BLOCK_EXACT) &&
			      blocks[0].use == old.use,
		      "use and cleanness stay");
	} else {
		prove(first.v < BLOCK_FRAMES && first.v % (1UL << order) == 0,
		      "an aligned run of ours");
		prove_changed((unsigned int)first.v, 1U << order, false);
		prove(!(blocks[0].flags & BLOCK_CLEAN), "the block is not clean any more");
		prove(blocks[0].use ==
			      (kind.state == BLOCK_WHOLE || hands_over(order, use) ? use : old.use),
		      "a whole block gets the use, and one that the first table is taken out of");
	}
	assume(false); /* what follows is another case */
}

static void take_from_partly(unsigned int order, enum page_use use)
{
	unsigned int max_order = nondet_uint(), largest = nondet_uint(), w = nondet_uint();

	for (unsigned int m = 0; m < BLOCK_ORDER; m++) {
		for (unsigned int l = 0; l < (order <= m ? MAX(order, 1U) : 1); l++) {
			for (unsigned int i = 0; i < BLOCK_WORDS; i++) {
				if (max_order == m && largest == l && w == i)
					take((struct kind){BLOCK_PARTIAL, m, i, false}, order, use,
					     l);
			}
		}
	}
}

static void take_from_other(unsigned int order, enum page_use use)
{
	switch (nondet_uint()) {
	case 0:
		take((struct kind){BLOCK_WHOLE, 0, 0, true}, order, use, 0);
		break;
	case 1:
		take((struct kind){BLOCK_WHOLE, 0, 0, false}, order, use, 0);
		break;
	case 2:
		take((struct kind){BLOCK_FULL, 0, 0, false}, order, use, 0);
		break;
	case 3:
		take((struct kind){BLOCK_ABSENT, 0, 0, false}, order, use, 0);
		break;
	}
}

void proof_take(void)
{
	unsigned int order = nondet_uint(), use = nondet_uint();

	any_run();
	for (unsigned int o = ORDER_FIRST; o <= ORDER_LAST; o++) {
		if (order != o)
			continue;
		for (unsigned int u = 0; u < NR_PAGE_USES; u++) {
			if (use != u)
				continue;
			if (nondet_bool())
				take_from_partly(o, (enum page_use)u);
			else
				take_from_other(o, (enum page_use)u);
		}
	}
}
