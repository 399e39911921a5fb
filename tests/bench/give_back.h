/* SPDX-License-Identifier: MIT */
/*
 * Whole blocks given back by one balloon_shrink(), twice: blocks that were never used, and blocks
 * that were; the second is dearer by what scrubbing costs. One balloon_grow() brings them back.
 */
#ifndef GIVE_BACK_H
#define GIVE_BACK_H

#include "bench.h"

/* Every whole block there is, taken once and freed. */
static inline bool give_back_use_all(unsigned long nr_frames)
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
	return n * BLOCK_FRAMES >= nr_frames;
}

static inline bool give_back_move(unsigned long nr_frames,
				  int (*balloon)(unsigned long frames, unsigned long *moved),
				  const char *calls, uint64_t *instructions)
{
	struct bench_cost cost = bench_begin();
	unsigned long moved;
	int err = balloon(nr_frames, &moved);

	cost = bench_end(cost);
	*instructions = cost.instructions;
	bench_say(calls, cost.hypercalls, "hypercalls");
	return err == 0 && moved == nr_frames;
}

/* The figures of so many frames; what app_main() answers. */
static inline int give_back(unsigned long nr_frames)
{
	uint64_t clean, grow, used;
	unsigned long grown;

	if (balloon_grow(~0UL, &grown))
		return bench_fail("the guest does not grow");
	if (!give_back_move(nr_frames, balloon_shrink, "clean_calls", &clean))
		return bench_fail("blocks that were never used");
	if (!give_back_move(nr_frames, balloon_grow, "grow_calls", &grow))
		return bench_fail("growing again");
	if (!give_back_use_all(nr_frames) ||
	    !give_back_move(nr_frames, balloon_shrink, "used_calls", &used))
		return bench_fail("blocks that were used");
	bench_say_each("clean", clean, nr_frames, "instructions");
	bench_say_each("grow", grow, nr_frames, "instructions");
	bench_say_each("used", used, nr_frames, "instructions");
	bench_say_each("scrub", used - MIN(used, clean), nr_frames, "instructions");
	return 0;
}

#endif
