/* SPDX-License-Identifier: MIT */
/* The list of backends: who gets into it, what it says of each, and commands that are for all. */
#include "backends.h"
#include "balloon/report.h"

/* Nothing is kept of one that was refused: the same place may be another's. */
static void who_does_not_answer_is_not_kept(void **state)
{
	struct balloon_stats none;

	(void)state;
	for (int i = BASE; i < NR_HOSTS; i++) {
		host[i].no_ceiling = -EIO;
		assert_int_equal(balloon_register(&backend[i]), -EIO);
		assert_said_once("cannot read the memory size");
		said_start();
		assert_false(balloon_backend_stats_get(0, &none));
		host[i].silence = -EIO;
		assert_int_equal(balloon_register(&backend[i]), -EIO);
		assert_said_once("cannot read the memory size");
		said_start();
		assert_false(balloon_backend_stats_get(0, &none));
	}
	balloon_stats_get(&none);
	assert_null(none.backend);
	assert_int_equal(none.offset, 0);
	assert_int_equal(kernel_mm.nr_ranges, boot_info.nr_ranges);
	assert_int_equal(balloon_refresh(), -ENODEV);
	assert_int_equal(balloon_resume(), -ENODEV);
	assert_int_equal(work(), POLICY_NEVER);
	for (int i = BASE; i < NR_HOSTS; i++) {
		host[i].silence = host[i].no_ceiling = 0;
		assert_int_equal(balloon_register(&backend[i]), 0);
	}
	assert_said_nothing();
}

static void what_is_anothers_is_refused(void **state)
{
	struct balloon_backend other = backend[WIDE];
	struct balloon_stats none;

	(void)state;
	assert_int_equal(balloon_register(&backend[BASE]), -EBUSY);
	assert_said_once("base disabled");
	said_start();
	assert_int_equal(balloon_register(&backend[WIDE]), -EBUSY);
	other.region_first = pfn_add(other.region_first, OWN_FRAMES - UNIT);
	assert_int_equal(balloon_register(&other), -EBUSY);
	assert_int_equal(said_lines, 2);
	said_start();
	/* What the guest was started with, and what nobody can reach. */
	other.region_first = PFN(0);
	assert_int_equal(balloon_register(&other), -EEXIST);
	assert_said_once("no room for its region");
	other.region_first = PFN(ALIGN_DOWN(~0UL >> 1, UNIT));
	assert_int_equal(balloon_register(&other), -EINVAL);
	assert_false(balloon_backend_stats_get(NR_HOSTS, &none));
	check();
}

static void there_is_room_for_three_beside_the_base(void **state)
{
	struct balloon_backend third = backend[BLOCKWISE], fourth = backend[BLOCKWISE];

	(void)state;
	third.region_first = pfn_add(backend[WIDE].region_first, OWN_FRAMES);
	fourth.region_first = pfn_add(third.region_first, OWN_FRAMES);
	assert_int_equal(balloon_register(&third), 0);
	assert_said_nothing();
	assert_int_equal(balloon_register(&fourth), -ENOSPC);
	assert_said_once("more than 3 backends");
	balloon = (struct balloon_engine){0};
}

static void refuse_unit(int who, unsigned long unit)
{
	struct balloon_backend bad = backend[who];

	bad.unit = unit;
	expect_assert_failure(assert_int_equal(balloon_register(&bad), 0));
}

static void a_unit_that_cannot_be_is_a_bug(void **state)
{
	struct balloon_backend bad = backend[WIDE];

	(void)state;
	refuse_unit(BASE, 0);
	refuse_unit(BASE, BLOCK_FRAMES);
	refuse_unit(WIDE, 0);
	refuse_unit(WIDE, 1);
	refuse_unit(WIDE, 3 * BLOCK_FRAMES);
	refuse_unit(WIDE, 2 * GROW_BLOCKS_MAX * BLOCK_FRAMES);
	bad.region_first.v += BLOCK_FRAMES;
	expect_assert_failure(assert_int_equal(balloon_register(&bad), 0));
}

/* The order in which devices are found is nobody's choice. */
static void a_target_may_come_before_the_base(void **state)
{
	struct balloon_stats all;

	(void)state;
	want(BASE, RAM - 99);
	want(BLOCKWISE, BLOCKS(7));
	assert_int_equal(balloon_register(&backend[BLOCKWISE]), 0);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(present(), RAM);
	want(BLOCKWISE, BLOCKS(2));
	work();
	assert_int_equal(present(), RAM + BLOCKS(2));
	balloon_stats_get(&all);
	assert_null(all.backend);
	assert_int_equal(all.present, RAM + BLOCKS(2));
	assert_int_equal(all.ceiling, BALLOON_UNLIMITED);
	assert_int_equal(balloon_register(&backend[BASE]), 0);
	work();
	assert_int_equal(host[BASE].count, RAM - 99 + ONLY_HOSTS);
	assert_int_equal(present(), RAM - 99 + BLOCKS(2));
}

static void one_is_told_of_itself_and_the_whole_by_the_base(void **state)
{
	struct balloon_stats all;

	(void)state;
	host[WIDE].ceiling = 5 * UNIT;
	want(BASE, RAM - 100);
	want(WIDE, 2 * UNIT + 5);
	work();
	assert_int_equal(balloon_refresh(), 0);
	balloon_stats_get(&all);
	assert_string_equal(all.backend, "base");
	assert_int_equal(all.present, RAM - 100 + 2 * UNIT);
	assert_int_equal(all.others, 2 * UNIT);
	assert_int_equal(all.target, RAM - 100 + 2 * UNIT);
	assert_int_equal(all.ceiling, BASE_MAX + 2 * UNIT);
	assert_int_equal(all.offset, ONLY_HOSTS);
	assert_int_equal(stats(0).present, RAM - 100);
	assert_int_equal(stats(0).target, RAM - 100);
	assert_int_equal(stats(0).ceiling, BASE_MAX);
	assert_int_equal(stats(1).present, 2 * UNIT);
	assert_int_equal(stats(1).target, 2 * UNIT + 5);
	assert_int_equal(stats(1).ceiling, 5 * UNIT);
	assert_int_equal(stats(2).target, BALLOON_NO_TARGET);
	check();
}

static void growing_by_command_asks_the_base_first(void **state)
{
	unsigned long moved, more = BASE_MAX - RAM + UNIT + 3;

	(void)state;
	assert_int_equal(balloon_grow(100, &moved), 0);
	assert_int_equal(host[BASE].count, RAM + 100 + ONLY_HOSTS);
	assert_int_equal(balloon_grow(more, &moved), 0);
	/* Nobody has single frames but the base: what is no whole block is not to be had. */
	assert_int_equal(moved, BASE_MAX - RAM - 100 + UNIT);
	assert_int_equal(host[WIDE].count, UNIT);
	assert_int_equal(balloon_grow(BLOCKS(2), &moved), 0);
	assert_int_equal(host[BLOCKWISE].count, BLOCKS(2));
	check();
	assert_int_equal(balloon_grow(~0UL, &moved), 0);
	assert_int_equal(present(), BASE_MAX + 2 * OWN_FRAMES);
	assert_int_equal(balloon_grow(1, &moved), -ENOSPC);
	check();
}

static void giving_back_by_command_takes_the_bases_first(void **state)
{
	unsigned long moved;

	(void)state;
	assert_int_equal(balloon_grow(~0UL, &moved), 0);
	assert_int_equal(balloon_shrink(BASE_MAX - BLOCKS(4), &moved), 0);
	assert_int_equal(moved, BASE_MAX - BLOCKS(4));
	assert_int_equal(host[BASE].count, BLOCKS(4) + ONLY_HOSTS);
	check();
	assert_int_equal(balloon_shrink(~0UL, &moved), 0);
	assert_int_equal(host[WIDE].count + host[BLOCKWISE].count, 0);
	check();
}

/* In shortage the private reserve is refilled with what comes: here, a frame of each unit. */
static void the_reserve_does_not_keep_what_is_given_back_by_command(void **state)
{
	unsigned long moved, block = pfn_block(backend[WIDE].region_first);

	(void)state;
	assert_int_equal(balloon_grow(~0UL, &moved), 0);
	for (unsigned int i = 0; i < OWN_FRAMES / UNIT; i++, block += UNIT / BLOCK_FRAMES) {
		pfn_t *frame = &reserve_stash()->frame[i];

		page_alloc_give(&kernel_mm.pages, *frame, 1);
		assert_int_equal(page_alloc_take_from(&kernel_mm.pages, block, 0, frame), 0);
	}
	assert_int_equal(balloon_shrink(~0UL, &moved), 0);
	assert_int_equal(host[WIDE].count, 0);
	check();
}

static unsigned int nr_reported;

static int take_report(const struct balloon_backend *self, const pfn_t *block, unsigned int nr)
{
	(void)self;
	(void)block;
	nr_reported += nr;
	return 0;
}

/* The first that takes reports is told of all memory, whoever brought it. */
static void reports_go_to_the_one_that_takes_them(void **state)
{
	(void)state;
	backend[BLOCKWISE].report = take_report;
	nr_reported = 0;
	want(WIDE, OWN_FRAMES);
	work();
	assert_true(hold(RAM + OWN_FRAMES / 2));
	let_go(nr_held);
	balloon_report(~0UL);
	assert_true(nr_reported >= (RAM + OWN_FRAMES / 2) / BLOCK_FRAMES - 2);
	backend[BLOCKWISE].report = NULL;
	check();
}

#define TEST(name)  cmocka_unit_test_setup(name, start)
#define ALONE(name) cmocka_unit_test_setup(name, start_alone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE(who_does_not_answer_is_not_kept),
		TEST(what_is_anothers_is_refused),
		TEST(there_is_room_for_three_beside_the_base),
		ALONE(a_unit_that_cannot_be_is_a_bug),
		ALONE(a_target_may_come_before_the_base),
		TEST(one_is_told_of_itself_and_the_whole_by_the_base),
		TEST(growing_by_command_asks_the_base_first),
		TEST(giving_back_by_command_takes_the_bases_first),
		TEST(the_reserve_does_not_keep_what_is_given_back_by_command),
		TEST(reports_go_to_the_one_that_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
