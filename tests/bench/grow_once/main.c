/* SPDX-License-Identifier: MIT */
/* Growth at once: one balloon_grow() of all that the host allows, and the page database for it. */
#include "bench.h"

int app_main(int argc, char **argv)
{
	unsigned long wanted, grown, pages = kernel_mm.pagedb_pages;
	struct balloon_stats balloon;
	struct bench_cost cost;
	int err;

	(void)argc;
	(void)argv;
	balloon_stats_get(&balloon);
	wanted = balloon.ceiling - balloon.present;
	cost = bench_begin();
	err = balloon_grow(wanted, &grown);
	cost = bench_end(cost);
	if (err || grown != wanted)
		return bench_fail("the guest did not grow to its ceiling");
	bench_say_each("frame", cost.instructions, grown, "instructions");
	bench_say("calls", cost.hypercalls, "hypercalls");
	pages = kernel_mm.pagedb_pages - pages;
	bench_say("pagedb", pages * LAYOUT_GIB / grown, "bytes/GiB");
	return 0;
}
