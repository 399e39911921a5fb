/* SPDX-License-Identifier: MIT */
/* What is spent before an application begins. Does nothing else: its image is the smallest. */
#include <arch/boot.h>

#include "bench.h"

int app_main(int argc, char **argv)
{
	uint64_t now = clock_ns();
	struct mm_stats memory;

	(void)argc;
	(void)argv;
	mm_stats_get(&memory);
	bench_say("time", now - boot_info.entry_ns, "ns");
	bench_say("memory", memory.present - memory.free, "frames");
	return 0;
}
