/* SPDX-License-Identifier: MIT */
/* Regions of devices: memory that comes and goes at its place, and is nobody else's to bring or to
 * take. */
#include <arch/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "owner.h"

static unsigned long present(void)
{
	return pagedb_nr_present(&kernel_mm.db);
}

static void what_cannot_be_a_region_is_refused(void **state)
{
	unsigned long max;
	struct mm_stats stats;

	(void)state;
	mm_stats_get(&stats);
	max = stats.max;
	assert_int_equal(
		mm_region_add(&kernel_mm, DEVICE, PFN(OWN * BLOCK_FRAMES + 1), BLOCK_FRAMES),
		-EINVAL);
	assert_int_equal(mm_region_add(&kernel_mm, DEVICE, block_pfn(OWN), BLOCK_FRAMES + 1),
			 -EINVAL);
	assert_int_equal(own_add(DEVICE, OWN, 0), -EINVAL);
	assert_int_equal(
		mm_region_add(&kernel_mm, DEVICE, PFN(max - BLOCK_FRAMES), 2 * BLOCK_FRAMES),
		-EINVAL);
	assert_int_equal(mm_region_add(&kernel_mm, DEVICE, PFN(max), BLOCK_FRAMES), -EINVAL);
	assert_int_equal(
		mm_region_add(&kernel_mm, DEVICE, PFN(0UL - BLOCK_FRAMES), 2 * BLOCK_FRAMES),
		-EINVAL);
	assert_int_equal(own_add(DEVICE, RAM_BLOCKS - 1, 2), -EEXIST);
	assert_int_equal(own_add(DEVICE, GROWABLE - 1, 2), -EEXIST);
	assert_int_equal(own_add(DEVICE, OWN, NR_OWN), 0);
	assert_int_equal(own_add(DEVICE, OWN + NR_OWN - 1, 1), -EEXIST);
	assert_int_equal(own_add(DEVICE, OWN - 1, NR_OWN + 2), -EEXIST);
	for (unsigned int owner = DEVICE + 1; owner < OWNERS_MAX; owner++)
		assert_int_equal(own_add(owner, OWN + owner * NR_OWN, NR_OWN), 0);
	expect_assert_failure(own_add(OWNERS_MAX, OWN + 9 * NR_OWN, NR_OWN));
	expect_assert_failure(own_add(OWNER_BASE, OWN + 9 * NR_OWN, NR_OWN));
	own_check();
}

/* A hole of 3 GiB before it costs 60 pages of page database. */
static void a_range_that_costs_too_much_to_reach_is_refused(void **state)
{
	(void)state;
	memory_take_all_but(200);
	assert_int_equal(own_add(DEVICE, 1536, NR_OWN), -ENOMEM);
	assert_int_equal(kernel_mm.nr_ranges, ARRAY_SIZE(own_machine));
	memory_release();
	assert_int_equal(own_add(DEVICE, 1536, NR_OWN), 0);
	own_check();
}

/* Frames that are free or in the reserve, and those that became descriptors or tables. */
static unsigned long frames_and_metadata(void)
{
	return kernel_mm.pages.nr_free + reserve_stash()->nr + kernel_mm.pagedb_pages +
	       linux_nr_tables();
}

/* Each change of page tables on the way to it, refused. */
static void a_range_that_is_not_reached_is_none(void **state)
{
	unsigned int n = 0;

	for (int err = -EIO; err; n++) {
		unsigned long before;

		assert_int_equal(own_start_none(state), 0);
		before = frames_and_metadata();
		linux_fail_commit(n + 1);
		err = own_add(DEVICE, 1536, NR_OWN);
		linux_fail_commit(0);
		if (err)
			assert_int_equal(err, -EIO);
		assert_int_equal(kernel_mm.nr_ranges, ARRAY_SIZE(own_machine) + !err);
		assert_int_equal(frames_and_metadata(), before);
		own_check();
	}
	assert_in_range(n, 50, 70);
}

static void nobody_elses_growth_finds_it(void **state)
{
	(void)state;
	assert_int_equal(own_come(OWNER_BASE, NR_GROW, 1), NR_GROW);
	assert_int_equal(own_plan(OWNER_BASE, 1, 1), -ENOSPC);
	assert_int_equal(own_come(DEVICE, 3, 1), 3);
	assert_int_equal(own_plan(OWNER_BASE, 1, 1), -ENOSPC);
	assert_int_equal(present(), (RAM_BLOCKS + NR_GROW + 3) * BLOCK_FRAMES);
	own_check();
}

static void it_comes_at_the_lowest_places(void **state)
{
	struct mm_stats stats;

	(void)state;
	assert_int_equal(own_come(ANOTHER, 2, 1), 2);
	assert_int_equal(own_come(DEVICE, 4, 1), 4);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(pfn_block(own_grow.extent[i]), OWN + i);
	assert_int_equal(own_come(ANOTHER, 1, 1), 1);
	assert_int_equal(pfn_block(own_grow.extent[0]), OTHER + 2);
	mm_stats_get(&stats);
	assert_int_equal(stats.devices, 7 * BLOCK_FRAMES);
	memset(pfn_to_virt(block_pfn(OWN)), 0xa5, 4 * BLOCK_SIZE);
	memset(pfn_to_virt(block_pfn(OTHER)), 0x5a, 3 * BLOCK_SIZE);
	own_check();
}

static void it_comes_by_whole_units_and_ends_where_the_range_does(void **state)
{
	(void)state;
	assert_int_equal(own_plan(DEVICE, 3, 4), -ENOSPC);
	assert_int_equal(own_come(DEVICE, 7, 4), 4);
	assert_int_equal(own_come(DEVICE, 100, 4), NR_OWN - 4);
	assert_int_equal(own_plan(DEVICE, 100, 4), -ENOSPC);
	assert_int_equal(mm_whole_granules(&kernel_mm, DEVICE, 4 * BLOCK_FRAMES, NR_OWN),
			 NR_OWN / 4);
	own_check();
}

/* In shortage what the reserve holds pays for 64 MiB; a unit that it cannot pay for does not come.
 */
static void what_cannot_be_paid_for_is_not_planned(void **state)
{
	(void)state;
	assert_true(reserve_fill(&kernel_mm.pages, RESERVE_NORMAL));
	memory_take_all_but(0);
	reserve_stash()->nr = 5;
	assert_int_equal(own_plan(DEVICE, 8, 8), -ENOMEM);
	assert_int_equal(own_come(DEVICE, 8, 2), 4);
	own_check();
}

static void what_the_host_did_not_bring_stays_absent(void **state)
{
	(void)state;
	assert_int_equal(own_plan(DEVICE, 8, 2), 0);
	assert_int_equal(grow_commit(&kernel_mm, &own_grow, 2), 0);
	assert_int_equal(own_plan(DEVICE, 8, 2), 0);
	assert_int_equal(pfn_block(own_grow.extent[0]), OWN + 2);
	grow_drop(&kernel_mm, &own_grow);
	assert_int_equal(own_plan(DEVICE, 8, 2), 0);
	linux_fail_commit(1);
	assert_int_equal(grow_commit(&kernel_mm, &own_grow, 8), -EIO);
	grow_drop(&kernel_mm, &own_grow);
	assert_int_equal(own_present(), 2 * BLOCK_FRAMES);
	assert_int_equal(own_come(OWNER_BASE, 100, 1), NR_GROW);
	assert_int_equal(own_come(DEVICE, 100, 2), NR_OWN - 2);
	own_check();
}

static void each_owner_has_his_own_back(void **state)
{
	(void)state;
	assert_int_equal(own_come(DEVICE, 6, 1), 6);
	assert_int_equal(own_come(ANOTHER, 6, 1), 6);
	assert_true(own_collect(OWNER_BASE, 100, 1) >= RAM_BLOCKS - 1);
	for (unsigned int i = 0; i < own_shrink.nr_extents; i++)
		assert_true(pfn_block(own_shrink.extent[i]) < RAM_BLOCKS);
	shrink_cut(&kernel_mm, &own_shrink, 0);
	assert_int_equal(own_collect(DEVICE, 100, 1), 6);
	for (unsigned int i = 0; i < 6; i++)
		assert_int_equal(pfn_block(own_shrink.extent[i]), OWN + 5 - i);
	own_go(6);
	assert_int_equal(own_collect(DEVICE, 100, 1), 0);
	assert_int_equal(own_present(), 6 * BLOCK_FRAMES);
	assert_int_equal(own_come(DEVICE, 1, 1), 1);
	assert_int_equal(pfn_block(own_grow.extent[0]), OWN);
	own_check();
}

/* Single frames go out of blocks that are in use already; of regions none do. */
static void single_frames_are_of_nobodys_own_range(void **state)
{
	struct shrink_request want = {.frames = 300};

	(void)state;
	assert_int_equal(own_come(DEVICE, 6, 1), 6);
	memory_take_all_but(100);
	shrink_begin(&kernel_mm, &own_shrink, &want);
	while (shrink_collect(&kernel_mm, &own_shrink, 64, false))
		;
	for (unsigned int i = 0; i < own_shrink.nr_extents; i++)
		assert_false(own_is_device(pfn_block(own_shrink.extent[i])));
	own_go(0);
	memory_release();
	own_check();
}

static void a_unit_of_which_a_frame_is_in_use_stays(void **state)
{
	pfn_t pinned;

	(void)state;
	assert_int_equal(own_come(DEVICE, 8, 2), 8);
	assert_int_equal(page_alloc_take_from(&kernel_mm.pages, OWN + 5, 0, &pinned), 0);
	memset(pfn_to_virt(pinned), 0x77, PAGE_SIZE);
	assert_int_equal(own_collect(DEVICE, 8, 2), 6);
	own_go(6);
	assert_int_equal(own_present(), 2 * BLOCK_FRAMES);
	assert_int_equal(((unsigned char *)pfn_to_virt(pinned))[77], 0x77);
	assert_int_equal(own_collect(DEVICE, 8, 2), 0);
	page_alloc_give(&kernel_mm.pages, pinned, 1);
	assert_int_equal(own_collect(DEVICE, 8, 2), 2);
	own_go(2);
	assert_int_equal(own_present(), 0);
	own_check();
}

static void whole_blocks_are_counted_as_far_as_is_asked(void **state)
{
	const struct pagedb *db = &kernel_mm.db;
	unsigned long outside = 0;

	(void)state;
	assert_int_equal(own_come(DEVICE, 8, 2), 8);
	for (unsigned long block = db->first_block; block < db->nr_blocks; block++)
		outside += db->block[block].state == BLOCK_WHOLE && !own_is_device(block);
	assert_true(outside > 1);
	assert_int_equal(mm_whole_granules(&kernel_mm, OWNER_BASE, 1, outside + 1), outside);
	assert_int_equal(mm_whole_granules(&kernel_mm, OWNER_BASE, 1, outside - 1), outside - 1);
	assert_int_equal(mm_whole_granules(&kernel_mm, DEVICE, 2 * BLOCK_FRAMES, 3), 3);
}

static void what_the_host_does_not_take_is_free_again(void **state)
{
	(void)state;
	assert_int_equal(own_come(DEVICE, 8, 2), 8);
	assert_int_equal(own_collect(DEVICE, 8, 2), 8);
	own_go(2);
	assert_int_equal(mm_whole_granules(&kernel_mm, DEVICE, 2 * BLOCK_FRAMES, NR_OWN), 3);
	memset(pfn_to_virt(block_pfn(OWN)), 0xa5, 6 * BLOCK_SIZE);
	assert_int_equal(own_collect(DEVICE, 8, 2), 6);
	shrink_cut(&kernel_mm, &own_shrink, 3 * BLOCK_FRAMES);
	assert_int_equal(own_shrink.nr_extents, 2);
	linux_fail_commit(1);
	assert_int_equal(shrink_unmap(&kernel_mm, &own_shrink), -EIO);
	assert_int_equal(own_collect(DEVICE, 8, 2), 6);
	own_go(6);
	own_check();
}

/* What growth put aside for itself while there was no other memory goes elsewhere when there is. */
static void the_reserve_keeps_no_unit_back(void **state)
{
	(void)state;
	memory_take_all_but(0);
	reserve_stash()->nr = 20;
	assert_int_equal(own_come(DEVICE, 4, 1), 4);
	mm_reserve_migrate(&kernel_mm);
	assert_true(own_collect(DEVICE, 4, 1) < 4);
	own_go(0);
	memory_release();
	assert_true(own_collect(DEVICE, 4, 1) < 4);
	own_go(0);
	mm_reserve_migrate(&kernel_mm);
	assert_int_equal(own_collect(DEVICE, 4, 1), 4);
	own_go(4);
	assert_int_equal(own_present(), 0);
	own_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_cannot_be_a_region_is_refused, own_start_none),
		cmocka_unit_test(a_range_that_is_not_reached_is_none),
		cmocka_unit_test_setup(a_range_that_costs_too_much_to_reach_is_refused,
				       own_start_none),
		cmocka_unit_test_setup(nobody_elses_growth_finds_it, own_start),
		cmocka_unit_test_setup(it_comes_at_the_lowest_places, own_start),
		cmocka_unit_test_setup(it_comes_by_whole_units_and_ends_where_the_range_does,
				       own_start),
		cmocka_unit_test_setup(what_cannot_be_paid_for_is_not_planned, own_start),
		cmocka_unit_test_setup(what_the_host_did_not_bring_stays_absent, own_start),
		cmocka_unit_test_setup(each_owner_has_his_own_back, own_start),
		cmocka_unit_test_setup(single_frames_are_of_nobodys_own_range, own_start),
		cmocka_unit_test_setup(a_unit_of_which_a_frame_is_in_use_stays, own_start),
		cmocka_unit_test_setup(whole_blocks_are_counted_as_far_as_is_asked, own_start),
		cmocka_unit_test_setup(what_the_host_does_not_take_is_free_again, own_start),
		cmocka_unit_test_setup(the_reserve_keeps_no_unit_back, own_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
