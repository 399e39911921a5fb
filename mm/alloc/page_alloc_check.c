/* SPDX-License-Identifier: MIT */
/* Walks the allocator's lists and counts anew. Changes nothing. */
#include <lib/bits.h>
#include <mm/page_alloc.h>

#include "block_search.h"

/* What a walk over a list must find in every block, and what it found in all of them. */
struct walk {
	enum block_state state;
	unsigned int use, max_order; /* PARTIAL */
	unsigned int owner;	     /* WHOLE */
	bool clean;
	unsigned long nr_blocks;
};

static bool belongs(const struct block *b, const struct walk *walk)
{
	if (b->state != walk->state)
		return false;
	if (b->state == BLOCK_WHOLE)
		return ((b->flags & BLOCK_CLEAN) != 0) == walk->clean &&
		       block_owner(b) == walk->owner;
	return b->use == walk->use && b->max_order == walk->max_order;
}

/* A list in a circle ends too: where it meets itself a prev is another one. */
static const char *walk_list(const struct pagedb *db, uint32_t head, struct walk *walk)
{
	uint32_t prev = BLOCK_LINK_NONE;

	for (uint32_t block = head; block != BLOCK_LINK_NONE; block = db->block[block].next) {
		const struct block *b = pagedb_block(db, block);

		if (!b)
			return "a list leads out of the database";
		if (b->prev != prev)
			return "a block's prev is not the one before it";
		if (!belongs(b, walk))
			return "a block is on a list of other blocks";
		walk->nr_blocks++;
		prev = block;
	}
	return NULL;
}

static const char *check_next(const struct page_alloc *pa, unsigned int use)
{
	const struct page_alloc_next *next = &pa->next[use];
	unsigned long block;

	if (!pa->partial_orders[use])
		return next->word ? "a next word where no block is partly free" : NULL;
	block = pa->partial[use][bits_lowest(pa->partial_orders[use])];
	if (!next->word || next->block != &pa->db->block[block])
		return "the next block is not the first of the lowest list";
	if (!*next->word || next->word < next->block->free ||
	    next->word >= next->block->free + BLOCK_WORDS)
		return "the next word has nothing free or is not of the next block";
	if (next->first.v !=
	    block_pfn(block).v + (unsigned long)(next->word - next->block->free) * BITS_WORD)
		return "the next word's first frame is another's";
	return NULL;
}

static const char *walk_partial(const struct page_alloc *pa, unsigned long *nr_blocks)
{
	struct walk walk = {.state = BLOCK_PARTIAL};

	for (walk.use = 0; walk.use < NR_PAGE_USES; walk.use++) {
		for (walk.max_order = 0; walk.max_order < BLOCK_ORDER; walk.max_order++) {
			uint32_t head = pa->partial[walk.use][walk.max_order];
			const char *wrong = walk_list(pa->db, head, &walk);
			bool marked = (pa->partial_orders[walk.use] >> walk.max_order) & 1;

			if (wrong)
				return wrong;
			if (marked != (head != BLOCK_LINK_NONE))
				return "partial_orders does not say which lists are empty";
		}
	}
	*nr_blocks = walk.nr_blocks;
	return NULL;
}

static const char *walk_whole(const struct page_alloc *pa, unsigned int owner)
{
	struct walk walk = {.state = BLOCK_WHOLE, .owner = owner};
	const char *wrong = walk_list(pa->db, pa->whole[owner].used, &walk);

	walk.clean = true;
	if (!wrong)
		wrong = walk_list(pa->db, pa->whole[owner].clean, &walk);
	if (!wrong && walk.nr_blocks != pa->whole[owner].nr)
		wrong = "an owner's whole blocks are counted wrong";
	return wrong;
}

/* Only of the block that single frames come from may max_order be more than there is. */
static const char *check_max_order(const struct page_alloc *pa, const struct block *b)
{
	unsigned int largest = block_largest_order(b);

	if (largest > b->max_order)
		return "a free run is larger than max_order says";
	if (b->flags & BLOCK_EXACT)
		return largest == b->max_order ? NULL
					       : "no free run is as large as an exact max_order";
	return b == pa->next[b->use].block ? NULL : "a block that is not the next one is not exact";
}

static const char *check_totals(const struct page_alloc *pa, unsigned long nr_listed_partial)
{
	unsigned long nr_partial = 0, nr_whole = 0, nr_free = 0;
	const char *wrong;

	for (unsigned long i = pa->db->first_block; i < pa->db->nr_blocks; i++) {
		const struct block *b = &pa->db->block[i];

		nr_free += b->nr_free;
		nr_whole += b->state == BLOCK_WHOLE;
		nr_partial += b->state == BLOCK_PARTIAL;
		wrong = b->state == BLOCK_PARTIAL ? check_max_order(pa, b) : NULL;
		if (wrong)
			return wrong;
	}
	if (nr_listed_partial != nr_partial)
		return "a partly free block is on no list";
	if (page_alloc_nr_whole(pa) != nr_whole)
		return "a whole block is on no list";
	return pa->nr_free == nr_free ? NULL : "nr_free is not the number of free frames";
}

const char *page_alloc_check(const struct page_alloc *pa)
{
	unsigned long nr_partial = 0;
	const char *wrong = pagedb_check(pa->db);

	if (!wrong)
		wrong = walk_partial(pa, &nr_partial);
	for (unsigned int owner = 0; !wrong && owner < OWNERS_MAX; owner++)
		wrong = walk_whole(pa, owner);
	for (unsigned int use = 0; !wrong && use < NR_PAGE_USES; use++)
		wrong = check_next(pa, use);
	return wrong ? wrong : check_totals(pa, nr_partial);
}
