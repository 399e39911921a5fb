/* SPDX-License-Identifier: MIT */
/*
 * Growth with not one free frame left, each time: what it takes comes out of the private reserve.
 * page_alloc_take never grows, so it can take the last frame, also of those kept for tables.
 */
#include "frames.h"

static void take_free_frames(struct runs *runs)
{
	pfn_t pfn;

	while (!page_alloc_take(&kernel_mm.pages, 0, PAGE_FIXED, &pfn) ||
	       !page_alloc_take(&kernel_mm.pages, 0, PAGE_TABLE, &pfn))
		runs_keep(runs, pfn_to_virt(pfn), 0);
	CHECK(kernel_mm.pages.nr_free == 0, "%lu frames are free", kernel_mm.pages.nr_free);
}

int app_main(int argc, char **argv)
{
	struct runs runs = {0};
	unsigned int rounds = 0;

	(void)argc;
	(void)argv;
	do {
		take_free_frames(&runs);
		rounds++;
	} while (runs_keep(&runs, page_alloc(0, PAGE_FIXED), 0));
	CHECK(rounds > 3, "only %u rounds", rounds);
	check_at_ceiling();
	check_memory();
	runs_check_and_free(&runs);
	check_memory();
	return guest_test_done();
}
