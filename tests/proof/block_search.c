/* SPDX-License-Identifier: MIT */
/* mm/alloc/block_search.c: in any field of free frames, the lowest run is found if there is one. */
#include "mm/alloc/block_search.c"
#include "model.h"
#include "runs.h"

#ifndef ORDER_FIRST
#define ORDER_FIRST 0U
#define ORDER_LAST  0U
#endif

/* Any field, and what the page database says of it to the search. */
static struct block any_field(void)
{
	struct block b;

	for (unsigned int w = 0; w < BLOCK_WORDS; w++)
		assume((b.free[w] != 0) == ((b.free_words >> w) & 1));
	assume(b.free_words < 1U << BLOCK_WORDS);
	assume((b.nr_free != 0) == (b.free_words != 0));
	return b;
}

void proof_find_run(void)
{
	struct block b = any_field();
	unsigned int order = ORDER_FIRST + (unsigned int)any_below(ORDER_LAST - ORDER_FIRST + 1);
	unsigned int at = (unsigned int)any_below(BLOCK_FRAMES) >> order << order, offset = 0;
	bool found = block_find_run(&b, order, &offset);

	prove(!found || (offset < BLOCK_FRAMES && offset % (1U << order) == 0), "it is aligned");
	prove(!found || run_free(&b, offset, order), "what is found is free");
	prove(!run_free(&b, at, order) || (found && offset <= at), "the lowest run is found");
}

void proof_run_is_free(void)
{
	struct block b = any_field();
	unsigned int at = (unsigned int)any_below(BLOCK_FRAMES);
	unsigned int order = (unsigned int)any_below(BLOCK_ORDER);

	prove(block_run_is_free(&b, at, order) == run_free(&b, at, order), "free, or not");
}

void proof_largest(void)
{
	struct block b = any_field();
	unsigned int at = (unsigned int)any_below(BLOCK_FRAMES), offset, order;
	unsigned int other = (unsigned int)any_below(BLOCK_ORDER);

	assume(b.nr_free);
	order = block_largest_order(&b);
	prove(order < BLOCK_ORDER && block_find_run(&b, order, &offset), "it has such a run");
	prove(other <= order || !run_free(&b, at, other), "it has no larger one");
}
