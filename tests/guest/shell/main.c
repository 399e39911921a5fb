/* SPDX-License-Identifier: MIT */
/* The shell's commands did what they said: test.toml gives them by run="…" and reads what they say.
 */
#include "guest_test.h"

#include <aerostat/shell.h>

#define MIB_FRAMES (1024UL * 1024 / PAGE_SIZE)

static unsigned long present(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.present;
}

int app_main(int argc, char **argv)
{
	unsigned long grown = present(), before = guest_test_used();

	CHECK(argc == 3 && strcmp(argv[1], "a b") == 0 && strcmp(argv[2], "quiet") == 0,
	      "the application got %d words", argc);
	CHECK(grown >= (40 + 16) * MIB_FRAMES, "the guest has %lu frames", grown);
	CHECK(shell_run("alloc 20M; alloc 3M; alloc 5K; free 22M") == 0, "a command failed");
	CHECK(guest_test_used() == before + MIB_FRAMES + 2, "%lu frames used, before it was %lu",
	      guest_test_used(), before);
	CHECK(shell_run("free all") == 0, "what was left is damaged");
	CHECK(guest_test_used() == before, "%lu frames used, before it was %lu", guest_test_used(),
	      before);
	CHECK(present() == grown, "the guest grew to %lu frames", present());
	return guest_test_done();
}
