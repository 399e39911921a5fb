/* SPDX-License-Identifier: MIT */
/* Regions of devices where things end: the direct map, the largest unit, no free frame at all. */
#include <arch/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "owner.h"

#define LARGEST 256UL /* blocks of the largest unit */

static unsigned long max_blocks(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.max / BLOCK_FRAMES;
}

/* Nothing is free any more, and the reserve is at its least. */
static void use_up(void)
{
	pfn_t pfn;

	reserve_trim(&kernel_mm.pages, RESERVE_MIN);
	while (!page_alloc_take(&kernel_mm.pages, BLOCK_ORDER, PAGE_FIXED, &pfn))
		;
	while (!page_alloc_take(&kernel_mm.pages, 0, PAGE_FIXED, &pfn))
		;
	while (!page_alloc_take(&kernel_mm.pages, 0, PAGE_TABLE, &pfn))
		;
	assert_int_equal(reserve_stash()->nr, RESERVE_MIN);
	assert_int_equal(kernel_mm.pages.nr_free, 0);
}

/* As on the machines that have such devices: a block takes no table. */
static int start_none(void **state)
{
	own_without_tables = true;
	return own_start_none(state);
}

static int start_with_tables(void **state)
{
	own_without_tables = false;
	return own_start_none(state);
}

static void a_range_may_end_where_the_direct_map_does(void **state)
{
	unsigned long range = max_blocks() - NR_OWN, last = max_blocks() - 1;

	(void)state;
	assert_int_equal(own_add(DEVICE, range, NR_OWN), 0);
	assert_int_equal(own_come(DEVICE, NR_OWN, 4), NR_OWN);
	memset(pfn_to_virt(block_pfn(last)), 0xa5, BLOCK_SIZE);
	own_check();
	assert_int_equal(own_collect(DEVICE, NR_OWN, 4), NR_OWN);
	assert_int_equal(pfn_block(own_shrink.extent[0]), last);
	own_go(NR_OWN - 4);
	assert_int_equal(own_come(DEVICE, NR_OWN, 4), NR_OWN - 4);
	assert_int_equal(own_come(DEVICE, NR_OWN, 4), 0);
	own_check();
}

/* The largest there is comes with what the reserve holds at least. */
static void the_largest_unit_comes_when_nothing_is_free(void **state)
{
	struct grow_request want = {
		.frames = LARGEST * BLOCK_FRAMES,
		.order = BLOCK_ORDER,
		.blocks = true,
		.owner = DEVICE,
		.granule = LARGEST * BLOCK_FRAMES,
	};

	(void)state;
	assert_int_equal(own_add(DEVICE, LARGEST, 2 * LARGEST), 0);
	for (unsigned int i = 1; i <= 2; i++) {
		use_up();
		assert_int_equal(grow_plan(&kernel_mm, &own_grow, &want), 0);
		assert_int_equal(own_grow.nr_extents, LARGEST);
		assert_int_equal(grow_commit(&kernel_mm, &own_grow, LARGEST), 0);
		assert_int_equal(own_present(), i * LARGEST * BLOCK_FRAMES);
		own_check();
	}
	use_up();
	assert_int_equal(grow_plan(&kernel_mm, &own_grow, &want), -ENOSPC);
}

/* As few units as make up SHRINK_BLOCKS_MAX, and not as many. */
static void a_step_of_units_is_of_at_most_512_mib(void **state)
{
	const unsigned long nr = 2 * LARGEST, range = nr;
	struct grow_request come = {
		.order = BLOCK_ORDER,
		.frames = LARGEST * BLOCK_FRAMES,
		.blocks = true,
		.owner = DEVICE,
		.granule = 4 * BLOCK_FRAMES,
	};
	struct shrink_request go = {
		.frames = nr * BLOCK_FRAMES,
		.blocks = true,
		.owner = DEVICE,
		.granule = come.granule,
	};

	(void)state;
	assert_int_equal(own_add(DEVICE, range, nr), 0);
	for (unsigned long came = 0; came < nr; came += LARGEST) {
		assert_int_equal(grow_plan(&kernel_mm, &own_grow, &come), 0);
		assert_int_equal(grow_commit(&kernel_mm, &own_grow, LARGEST), 0);
	}
	shrink_begin(&kernel_mm, &own_shrink, &go);
	assert_int_equal(own_shrink.nr_wanted, SHRINK_BLOCKS_MAX);
}

/* Where each block takes a table, it does not, and nothing is lost to the attempt. */
static void a_unit_that_takes_too_many_tables_does_not_come(void **state)
{
	unsigned long range = ALIGN_UP(OWN, 32);

	(void)state;
	assert_int_equal(own_add(DEVICE, range, NR_OWN), 0);
	use_up();
	assert_int_equal(own_plan(DEVICE, 32, 32), 0);
	grow_drop(&kernel_mm, &own_grow);
	reserve_stash()->nr = 31;
	assert_int_equal(own_plan(DEVICE, 32, 32), -ENOMEM);
	assert_int_equal(reserve_stash()->nr, 31);
	own_check();
}

/*
 * So little is free that the range's descriptors are not all there at the start: what comes pays
 * for the next, block after block, to the end.
 */
static void a_range_comes_whole_out_of_a_guest_that_is_full(void **state)
{
	unsigned long range = max_blocks() / 4, nr = max_blocks() - range, came = 0, before;
	struct grow_request want = {
		.order = BLOCK_ORDER,
		.blocks = true,
		.owner = DEVICE,
		.granule = BLOCK_FRAMES,
	};

	(void)state;
	memory_take_all_but(120);
	assert_int_equal(own_add(DEVICE, range, nr), 0);
	before = kernel_mm.pagedb_pages;
	while (came < nr) {
		use_up();
		want.frames = MIN(nr - came, 1 + came % 32) * BLOCK_FRAMES;
		assert_int_equal(grow_plan(&kernel_mm, &own_grow, &want), 0);
		assert_int_equal(pfn_block(own_grow.extent[0]), range + came);
		came += own_grow.nr_extents;
		assert_int_equal(grow_commit(&kernel_mm, &own_grow, own_grow.nr_extents), 0);
	}
	assert_true(kernel_mm.pagedb_pages > before + 10);
	assert_int_equal(own_present(), nr * BLOCK_FRAMES);
	own_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_range_may_end_where_the_direct_map_does, start_none),
		cmocka_unit_test_setup(the_largest_unit_comes_when_nothing_is_free, start_none),
		cmocka_unit_test_setup(a_step_of_units_is_of_at_most_512_mib, start_none),
		cmocka_unit_test_setup(a_unit_that_takes_too_many_tables_does_not_come,
				       start_with_tables),
		cmocka_unit_test_setup(a_range_comes_whole_out_of_a_guest_that_is_full, start_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
