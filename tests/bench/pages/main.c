/* SPDX-License-Identifier: MIT */
/*
 * The page allocator at work, warm: every figure is taken after the same was done once before, with
 * the loop around it counted in. There is enough memory, so nothing grows.
 */
#include "bench.h"

#define NR_PAGES 8192U
#define NR_PAIRS 4096U

static void *page[NR_PAGES];

static bool take_all(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		page[i] = page_alloc(0, PAGE_FIXED);
		if (!page[i])
			return false;
	}
	return true;
}

static void give_all(unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		page_free(page[i], 0);
}

/* The same disorder in every run (Fisher-Yates over xorshift64). */
static void shuffle(void)
{
	uint64_t state = 88172645463325252ULL;

	for (unsigned int i = NR_PAGES - 1; i > 0; i--) {
		void *kept = page[i];
		unsigned int j;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		j = (unsigned int)(state % (i + 1));
		page[i] = page[j];
		page[j] = kept;
	}
}

static uint64_t cost_of_pairs(unsigned int order)
{
	struct bench_cost cost = bench_begin();

	for (unsigned int i = 0; i < NR_PAIRS; i++)
		page_free(page_alloc(order, PAGE_FIXED), order);
	return bench_end(cost).instructions;
}

static void measure_pairs(const char *name, unsigned int order)
{
	cost_of_pairs(order);
	bench_say_each(name, cost_of_pairs(order), NR_PAIRS, "instructions");
}

static bool measure_runs(void)
{
	struct bench_cost cost = bench_begin();
	bool all = take_all(NR_PAGES);

	cost = bench_end(cost);
	if (!all)
		return false;
	bench_say_each("run", cost.instructions, NR_PAGES, "instructions");
	cost = bench_begin();
	give_all(NR_PAGES);
	cost = bench_end(cost);
	bench_say_each("free_in_order", cost.instructions, NR_PAGES, "instructions");
	return true;
}

static bool measure_disorder(void)
{
	struct bench_cost cost;

	if (!take_all(NR_PAGES))
		return false;
	shuffle();
	cost = bench_begin();
	give_all(NR_PAGES);
	cost = bench_end(cost);
	bench_say_each("free_random", cost.instructions, NR_PAGES, "instructions");
	return true;
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!take_all(NR_PAGES))
		return bench_fail("no memory");
	give_all(NR_PAGES);
	if (!measure_runs() || !measure_disorder())
		return bench_fail("no memory");
	measure_pairs("pair", 0);
	measure_pairs("pair_order9", BLOCK_ORDER);
	return 0;
}
