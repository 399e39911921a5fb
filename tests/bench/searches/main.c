/* SPDX-License-Identifier: MIT */
/*
 * The longest searches of an allocator over 512 GiB: a page database alone, behind which there is
 * nothing. Every figure is all instructions of a call, so that interrupts are off for no more.
 */
#include <mm/page_alloc.h>

#include "bench.h"

#define NR_BLOCKS (512UL * 512) /* 512 GiB */

static struct pagedb db;
static struct page_alloc pa;

static void give_block(unsigned long block)
{
	pagedb_add(&db, block_pfn(block), BLOCK_FRAMES);
	page_alloc_give(&pa, block_pfn(block), BLOCK_FRAMES);
}

/* All frames may come; none is there. */
static bool begin(void)
{
	struct block *block = malloc(pagedb_bytes(NR_BLOCKS));

	if (!block)
		return false;
	pagedb_init(&db, block, NR_BLOCKS);
	pagedb_extend(&db, NR_BLOCKS);
	pagedb_hole_to_absent(&db, PFN(0), NR_BLOCKS * BLOCK_FRAMES, OWNER_BASE);
	page_alloc_init(&pa, &db);
	return true;
}

static uint64_t cost_of_take(unsigned int order)
{
	struct bench_cost cost = bench_begin();
	pfn_t first;
	int err = page_alloc_take(&pa, order, PAGE_FIXED, &first);

	cost = bench_end(cost);
	if (!err)
		page_alloc_give(&pa, first, 1UL << order);
	return cost.instructions;
}

static uint64_t cost_of_partly(unsigned long expected)
{
	struct bench_cost cost = bench_begin();
	unsigned long block = NR_BLOCKS;

	pagedb_find_partly(&db, 0, &block);
	cost = bench_end(cost);
	return block == expected ? cost.instructions : ~0ULL;
}

/* Low and high in turn are the lowest block that is partly absent. */
static void measure_partly(void)
{
	uint64_t most = 0;

	pagedb_add(&db, block_pfn(NR_BLOCKS - 1), 1);
	for (int i = 0; i < 3; i++) {
		pagedb_add(&db, PFN(0), 1);
		most = MAX(most, cost_of_partly(0));
		pagedb_remove(&db, PFN(0), 1);
		most = MAX(most, cost_of_partly(NR_BLOCKS - 1));
	}
	bench_say("partly", most, "instructions");
	pagedb_remove(&db, block_pfn(NR_BLOCKS - 1), 1);
}

/* Only one block is partly free, the last. */
static bool measure_partial(void)
{
	struct bench_cost cost;
	unsigned long block = 0;
	pfn_t first;

	if (page_alloc_take_from(&pa, NR_BLOCKS - 1, 0, &first))
		return false;
	cost = bench_begin();
	pagedb_find_partial(&db, 0, &block);
	cost = bench_end(cost);
	page_alloc_give(&pa, first, 1);
	bench_say("partial", cost.instructions, "instructions");
	return block == NR_BLOCKS - 1;
}

/* Only the last two blocks are whole as a pair: no search finds them before the end. */
static bool measure_run(void)
{
	struct bench_cost cost;
	unsigned long block;
	bool found;

	for (unsigned long i = 0; i < NR_BLOCKS; i++)
		if (i % 2 || i >= NR_BLOCKS - 2)
			give_block(i);
	cost = bench_begin();
	found = pagedb_find_whole(&db, 1, 0, &block);
	cost = bench_end(cost);
	if (!found || block != NR_BLOCKS - 2)
		return false;
	bench_say("run", cost.instructions, "instructions");
	bench_say("take_pair", cost_of_take(BLOCK_ORDER + 1), "instructions");
	bench_say("take_none", cost_of_take(BLOCK_ORDER + 2), "instructions");
	return measure_partial();
}

/* Whole blocks as a balloon counts them: as many as a step has room for. */
static void measure_count(void)
{
	struct bench_cost cost = bench_begin();
	unsigned long block = 0;

	for (unsigned int nr = 0; nr < 32 && pagedb_find_whole(&db, 0, block, &block); nr++)
		block++;
	bench_say("count_32", bench_end(cost).instructions, "instructions");
}

/* Two frames of every other block come, and one of them goes: no pair is free anywhere. */
static bool measure_stale(void)
{
	pfn_t first;

	while (page_alloc_take(&pa, BLOCK_ORDER, PAGE_FIXED, &first) == 0)
		;
	for (unsigned long i = 1; i < NR_BLOCKS; i += 2) {
		page_alloc_give(&pa, block_pfn(i), 2);
		if (page_alloc_take_from(&pa, i, 0, &first))
			return false;
	}
	bench_say("stale", cost_of_take(1), "instructions");
	return true;
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!begin())
		return bench_fail("no memory");
	measure_partly();
	if (!measure_run())
		return bench_fail("a search does not find what is there");
	measure_count();
	return measure_stale() ? 0 : bench_fail("fewer frames than were given");
}
