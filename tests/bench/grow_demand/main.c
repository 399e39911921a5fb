/* SPDX-License-Identifier: MIT */
/* Growth by shortage: single frames are allocated until the host has no more. */
#include "bench.h"

int app_main(int argc, char **argv)
{
	struct balloon_stats balloon;
	struct bench_cost cost = bench_begin();

	(void)argc;
	(void)argv;
	while (page_alloc(0, PAGE_FIXED))
		;
	cost = bench_end(cost);
	balloon_stats_get(&balloon);
	if (!balloon.grown || balloon.present != balloon.ceiling)
		return bench_fail("the guest did not grow to its ceiling");
	bench_say_each("frame", cost.instructions, balloon.grown, "instructions");
	bench_say("calls", cost.hypercalls, "hypercalls");
	return 0;
}
