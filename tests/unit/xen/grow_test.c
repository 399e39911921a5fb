/* SPDX-License-Identifier: MIT */
/* Growth on a Xen that is sane: however much there is, however it is asked for. */
#include "xen.h"

static const struct fake_setup small = {
	.machine = 96 * MIB, .frames = 16 * MIB, .ceiling = 64 * MIB, .run = 8};

static void one_growth_brings_all_that_the_host_allows(void **state)
{
	(void)state;
	start_on(&small);
	fake_check();
	assert_int_equal(grow_by(small.ceiling - small.frames), 0);
	assert_int_equal(present(), small.ceiling);
	assert_int_equal(fake_tot_pages(), small.ceiling);
	fake_check();
}

static void any_start_grows_to_any_ceiling(void **state)
{
	static const unsigned int odd[] = {0, 1, 7, 8, 255, 510, 511};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(odd); i++) {
		for (unsigned int j = 0; j < ARRAY_SIZE(odd); j++) {
			struct fake_setup setup = small;

			setup.run = 512;
			setup.clean = true;
			setup.frames = 4 * MIB + odd[i];
			setup.ceiling = 8 * MIB + odd[j];
			start_on(&setup);
			take_all();
			assert_int_equal(present(), setup.ceiling);
			fake_check();
		}
	}
}

/* 1 GiB is an edge of the p2m's tree, of page tables and of the lists that go to Xen. */
static void growth_ends_where_the_direct_map_does(void **state)
{
	static const struct fake_setup setup = {.machine = 1400 * MIB,
						.frames = 32 * MIB,
						.ceiling = FAKE_UNLIMITED,
						.run = 8192,
						.clean = true};

	(void)state;
	start_on(&setup);
	assert_int_equal(grow_by(2000 * MIB), 0);
	assert_int_equal(present(), 1280 * MIB);
	fake_check();
	assert_int_equal(grow_by(1), -ENOSPC);
	take_all();
	fake_check();
}

static void without_a_ceiling_the_host_is_the_limit(void **state)
{
	struct fake_setup setup = small;
	struct balloon_stats stats;

	(void)state;
	setup.ceiling = FAKE_UNLIMITED;
	start_on(&setup);
	balloon_stats_get(&stats);
	assert_int_equal(stats.ceiling, BALLOON_UNLIMITED);
	take_all();
	assert_int_equal(fake_tot_pages(), present());
	assert_true(present() > 95 * MIB);
	fake_check();
}

static void a_host_without_blocks_gives_frames(void **state)
{
	(void)state;
	start_on(&small);
	fake_faults.no_blocks = true;
	assert_int_equal(grow_by(small.ceiling - small.frames), 0);
	assert_int_equal(present(), small.ceiling);
	fake_check();
}

static void a_host_that_runs_out_of_blocks_gives_frames(void **state)
{
	(void)state;
	start_on(&small);
	fake_set_faults(&(struct fake_faults){.extent = {4, 0}});
	assert_int_equal(grow_by(small.ceiling - small.frames), 0);
	assert_int_equal(present(), small.ceiling);
	fake_check();
}

/* All of memory in the test's hands, but for every second frame. */
static void leave_fragments(void)
{
	static void *page[64 * MIB];
	unsigned long nr = 0;

	while ((page[nr] = fake_take(0, PAGE_FIXED)))
		nr++;
	for (unsigned long i = 0; i < nr; i++)
		if (virt_to_pfn(page[i]).v % 2)
			fake_give(page[i], 0);
}

static void a_shortage_of_any_order_grows(void **state)
{
	(void)state;
	for (unsigned int order = 1; order <= 12; order++) {
		struct fake_setup setup = small;

		setup.ceiling = setup.frames;
		start_on(&setup);
		leave_fragments();
		fake_set_ceiling(setup.frames + (1UL << order) + 512);
		assert_non_null(fake_take(order, PAGE_FIXED));
		fake_check();
	}
}

/* `nr` single frames go that are so many apart, and nothing else is free. */
static void give_scattered(unsigned long nr, unsigned long apart)
{
	static void *page[64 * MIB];
	unsigned long count = 0, left = nr, shrunk;

	while ((page[count] = fake_take(0, PAGE_FIXED)))
		count++;
	for (unsigned long i = 0; i < count && left; i++) {
		if (virt_to_pfn(page[i]).v % apart)
			continue;
		fake_give(page[i], 0);
		left--;
	}
	assert_int_equal(left, 0);
	assert_int_equal(balloon_shrink(nr, &shrunk), 0);
	assert_int_equal(shrunk, nr);
}

/* However many blocks they lie in, a step brings a block's worth of them: three hypercalls. */
static void scattered_frames_come_back_in_few_steps(void **state)
{
	static const struct {
		unsigned long nr, apart, steps;
	} row[] = {{500, 15, 1}, {512, 8, 1}, {513, 8, 2}, {60, 100, 1}};
	struct fake_setup setup = small;

	(void)state;
	setup.frames = setup.ceiling = 32 * MIB;
	setup.clean = true;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		unsigned long calls;

		start_on(&setup);
		give_scattered(row[i].nr, row[i].apart);
		calls = fake_events().calls;
		assert_int_equal(grow_by(row[i].nr), 0);
		assert_int_equal(present(), setup.ceiling);
		assert_true(fake_events().calls - calls <= 3 * row[i].steps);
		fake_check();
	}
}

/* It stops at any of them, and what came is used. */
static void scattered_frames_may_stop_short_anywhere(void **state)
{
	struct fake_setup setup = small;

	(void)state;
	setup.frames = setup.ceiling = 32 * MIB;
	setup.clean = true;
	for (unsigned long at = 1; at <= 60; at += 29) {
		start_on(&setup);
		give_scattered(60, 100);
		fake_set_faults(&(struct fake_faults){.extent = {at, 0}});
		grow_by(60);
		fake_check();
		start_on(&setup);
		give_scattered(60, 100);
		fake_set_faults(&(struct fake_faults){.update = {at, 0}});
		grow_by(60);
		fake_check();
		assert_grows_to(setup.ceiling, 0);
		fake_check();
	}
}

/* ---- metadata ---- */

/* Nothing is free and the reserve holds `nr`: as many frames as a growth may use for its tables. */
static void start_with_reserve(unsigned int nr)
{
	struct fake_setup setup = small;

	setup.clean = true;
	setup.run = 1024;
	setup.ceiling = setup.frames;
	start_on(&setup);
	assert_true(reserve_fill(&kernel_mm.pages, nr));
	reserve_trim(&kernel_mm.pages, nr);
	take_all();
	assert_int_equal(reserve_stash()->nr, nr);
	fake_set_ceiling(small.ceiling);
}

static void growth_is_cut_to_what_the_reserve_can_pay(void **state)
{
	(void)state;
	for (unsigned int nr = 0; nr <= RESERVE_NORMAL; nr++) {
		void *page;
		int err;

		start_with_reserve(nr);
		err = grow_by(40 * MIB);
		assert_true(err == 0 || (err == -ENOMEM && nr < 8));
		fake_check();
		start_with_reserve(nr);
		page = fake_take(BLOCK_ORDER, PAGE_FIXED);
		assert_true(page || nr < 8);
		fake_check();
	}
}

/* Frames that come back are enough to begin again. */
static void without_any_reserve_nothing_is_lost(void **state)
{
	void *page;

	(void)state;
	start_with_reserve(0);
	page = pfn_to_virt(PFN(small.frames - 1));
	assert_int_equal(grow_by(1), -ENOMEM);
	fake_give(page, 0);
	for (unsigned long i = 2; i < 20; i++)
		fake_give(pfn_to_virt(PFN(small.frames - i)), 0);
	assert_grows_to(small.ceiling, 0);
	fake_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_growth_brings_all_that_the_host_allows),
		cmocka_unit_test(any_start_grows_to_any_ceiling),
		cmocka_unit_test(growth_ends_where_the_direct_map_does),
		cmocka_unit_test(without_a_ceiling_the_host_is_the_limit),
		cmocka_unit_test(a_host_without_blocks_gives_frames),
		cmocka_unit_test(a_host_that_runs_out_of_blocks_gives_frames),
		cmocka_unit_test(a_shortage_of_any_order_grows),
		cmocka_unit_test(scattered_frames_come_back_in_few_steps),
		cmocka_unit_test(scattered_frames_may_stop_short_anywhere),
		cmocka_unit_test(growth_is_cut_to_what_the_reserve_can_pay),
		cmocka_unit_test(without_any_reserve_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
