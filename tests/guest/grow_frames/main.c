/* SPDX-License-Identifier: MIT */
/* Growth by allocations of single frames, up to the ceiling; then an allocation fails cleanly. */
#include "frames.h"

int app_main(int argc, char **argv)
{
	struct runs runs = {0};

	(void)argc;
	(void)argv;
	check_memory();
	runs_take_all(&runs, 0);
	check_at_ceiling();
	CHECK(!page_alloc(0, PAGE_FIXED), "a frame beyond the last");
	check_memory();
	runs_check_and_free(&runs);
	check_memory();
	return guest_test_done();
}
