/* SPDX-License-Identifier: MIT */
/*
 * A ceiling above what the direct map holds: the guest grows to where the direct map ends and stops
 * there, and nothing is overrun. With "fill", every frame holds a pattern.
 */
#include <lib/errno.h>

#include "frames.h"

/* PAE's upper tables are there from boot on: growth never needs one. */
static void check_upper_tables(void)
{
	for (uint64_t va = 0; IS_ENABLED(CONFIG_X86_32) && va < UINT32_MAX; va += LAYOUT_GIB)
		CHECK(mmu_tables_needed((void *)(uintptr_t)va, 1, MMU_BLOCKS) == 0,
		      "no table for %llx", (unsigned long long)va);
}

static void check_clamped(void)
{
	struct balloon_stats balloon;
	struct mm_stats mem;
	unsigned long grown;

	mm_stats_get(&mem);
	CHECK(mem.present == mem.max, "%lu frames of %lu", mem.present, mem.max);
	CHECK(balloon_grow(1, &grown) == -ENOSPC && grown == 0, "grew by %lu", grown);
	balloon_stats_get(&balloon);
	CHECK(balloon.ceiling > mem.max, "the ceiling is %lu frames only", balloon.ceiling);
	CHECK(mem.max << PAGE_SHIFT == LAYOUT_DIRECTMAP_SIZE, "the direct map holds %lu frames",
	      mem.max);
}

int app_main(int argc, char **argv)
{
	bool fill = argc == 2 && strcmp(argv[1], "fill") == 0;
	struct runs runs = {0};
	unsigned long grown;

	check_upper_tables();
	if (fill)
		runs_take_all(&runs, 0);
	else
		balloon_grow(BALLOON_UNLIMITED, &grown);
	check_clamped();
	CHECK(!fill || !page_alloc(0, PAGE_FIXED), "a frame beyond the last");
	check_memory();
	runs_check_and_free(&runs);
	check_memory();
	return guest_test_done();
}
