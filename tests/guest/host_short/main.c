/* SPDX-License-Identifier: MIT */
/*
 * The ceiling is far away, but the host has no more: single frames when blocks are gone, a clean
 * failure when frames are, and then no hypercall while backing off.
 */
#include "frames.h"

int app_main(int argc, char **argv)
{
	struct runs runs = {0};
	struct balloon_stats balloon;
	uint64_t calls;

	(void)argc;
	(void)argv;
	runs_take_all(&runs, 0);
	balloon_stats_get(&balloon);
	CHECK(balloon.present < balloon.ceiling, "all %lu frames came", balloon.present);
	CHECK(balloon.grown > 10000, "only %lu frames came", balloon.grown);
	check_memory();

	/* The pause doubles up to a second: ten thousand failures in it cost next to nothing. */
	calls = host_calls();
	for (unsigned int i = 0; i < 10000; i++)
		CHECK(!page_alloc(0, PAGE_FIXED), "a frame out of nowhere");
	CHECK(host_calls() - calls < 100, "%llu hypercalls for 10000 failures",
	      (unsigned long long)(host_calls() - calls));

	/* What is freed is allocated again, without the host. */
	runs_check_and_free(&runs);
	runs_take_all(&runs, 0);
	check_memory();
	runs_check_and_free(&runs);
	return guest_test_done();
}
