/* SPDX-License-Identifier: MIT */
/*
 * 1 GiB of whole blocks by one balloon_shrink(), twice: blocks that were never used, and blocks
 * that were; the second is dearer by what scrubbing costs. One balloon_grow() brings them back.
 */
#include "bench.h"

#define NR_FRAMES (1UL << 18)

/* Every whole block there is, taken once and freed. */
static bool use_all(void)
{
	static void *block[1024];
	struct mm_stats memory;
	unsigned int n = 0;

	for (mm_stats_get(&memory); memory.whole_blocks && n < ARRAY_SIZE(block); n++) {
		block[n] = page_alloc(BLOCK_ORDER, PAGE_FIXED);
		mm_stats_get(&memory);
	}
	for (unsigned int i = 0; i < n; i++)
		page_free(block[i], BLOCK_ORDER);
	return n * BLOCK_FRAMES >= NR_FRAMES;
}

static bool move(int (*balloon)(unsigned long frames, unsigned long *moved), const char *calls,
		 uint64_t *instructions)
{
	struct bench_cost cost = bench_begin();
	unsigned long moved;
	int err = balloon(NR_FRAMES, &moved);

	cost = bench_end(cost);
	*instructions = cost.instructions;
	bench_say(calls, cost.hypercalls, "hypercalls");
	return err == 0 && moved == NR_FRAMES;
}

int app_main(int argc, char **argv)
{
	uint64_t clean, grow, used;
	unsigned long grown;

	(void)argc;
	(void)argv;
	if (balloon_grow(~0UL, &grown))
		return bench_fail("the guest does not grow");
	if (!move(balloon_shrink, "clean_calls", &clean))
		return bench_fail("blocks that were never used");
	if (!move(balloon_grow, "grow_calls", &grow))
		return bench_fail("growing again");
	if (!use_all() || !move(balloon_shrink, "used_calls", &used))
		return bench_fail("blocks that were used");
	bench_say_each("clean", clean, NR_FRAMES, "instructions");
	bench_say_each("grow", grow, NR_FRAMES, "instructions");
	bench_say_each("used", used, NR_FRAMES, "instructions");
	bench_say_each("scrub", used - MIN(used, clean), NR_FRAMES, "instructions");
	return 0;
}
