/* SPDX-License-Identifier: MIT */
/* What is idle, or is to go, is reported to the host: when, how much, and to whom. */
#include "backends.h"
#include "balloon/report.h"

#define NR_BLOCKS_MAX (NR_FRAMES / BLOCK_FRAMES)

static unsigned long nr_reported, nr_reports;
static int report_err;

static int take_report(const struct balloon_backend *self, const pfn_t *block, unsigned int nr)
{
	(void)self;
	(void)block;
	nr_reports++;
	nr_reported += nr;
	return report_err;
}

/* The next look, with its time come. */
static uint64_t look(void)
{
	linux_stop_clock(clock_ns() + POLICY_LOOK);
	return balloon_idle_scan();
}

/* All whole blocks have held data, and are free; how many. */
static unsigned long use_all(void)
{
	static void *block[NR_BLOCKS_MAX];
	unsigned int nr = 0;

	while (page_alloc_nr_whole(&kernel_mm.pages)) {
		block[nr] = page_alloc(BLOCK_ORDER, PAGE_FIXED);
		assert_non_null(block[nr++]);
	}
	for (unsigned int i = 0; i < nr; i++)
		page_free(block[i], BLOCK_ORDER);
	assert_int_equal(page_alloc_nr_whole(&kernel_mm.pages), nr);
	return nr;
}

/* All three backends, the base taking reports, and two looks at which it was quiet. */
static int start_reporting(void **state)
{
	int err = start(state);

	backend[BASE].report = take_report;
	report_err = 0;
	look();
	look();
	nr_reported = nr_reports = 0;
	return err;
}

static void without_a_backend_that_takes_reports_there_is_no_look(void **state)
{
	(void)state;
	backend[BASE].report = NULL;
	use_all();
	for (int i = 0; i < 3; i++)
		assert_int_equal(look(), POLICY_NEVER);
	balloon_report(~0UL);
	assert_int_equal(nr_reported, 0);
}

static void what_held_data_is_reported_when_it_is_quiet(void **state)
{
	unsigned long used = use_all();

	(void)state;
	assert_int_equal(look(), POLICY_LOOK);
	assert_int_equal(nr_reported, 0);
	linux_stop_clock(clock_ns() + POLICY_LOOK / 4);
	assert_int_equal(balloon_idle_scan(), POLICY_LOOK - POLICY_LOOK / 4);
	linux_stop_clock(clock_ns() + POLICY_LOOK - POLICY_LOOK / 4 - 1);
	assert_int_equal(balloon_idle_scan(), 1);
	assert_int_equal(nr_reported, 0);
	linux_stop_clock(clock_ns() + 1);
	assert_int_equal(balloon_idle_scan(), POLICY_LOOK);
	assert_int_equal(nr_reported, used);
	for (int i = 0; i < 10; i++)
		assert_int_equal(look(), POLICY_LOOK);
	assert_int_equal(nr_reported, used);
	check();
}

/* A block more is in use at each look: a part is reported at every fifth. */
static void where_it_is_never_quiet_a_part_is_reported(void **state)
{
	(void)state;
	want(WIDE, OWN_FRAMES);
	want(BLOCKWISE, OWN_FRAMES);
	work();
	assert_true(use_all() > POLICY_REPORT_NOISY + 2 * POLICY_LOOKS_MAX);
	for (unsigned int i = 1; i < 2 * POLICY_LOOKS_MAX; i++) {
		assert_non_null(page_alloc(BLOCK_ORDER, PAGE_FIXED));
		assert_int_equal(look(), POLICY_LOOK);
		assert_int_equal(nr_reported, i < POLICY_LOOKS_MAX ? 0 : POLICY_REPORT_NOISY);
	}
	check();
}

static void of_what_is_to_go_no_more_is_reported(void **state)
{
	(void)state;
	use_all();
	for (unsigned long gone = 4; gone <= 12; gone += 4) {
		want(BASE, RAM - BLOCKS(gone));
		work();
		assert_int_equal(stats(0).present, RAM - BLOCKS(gone));
		assert_int_equal(nr_reported, gone);
	}
	/* A part of a block is a block. */
	want(BASE, RAM - BLOCKS(12) - 1);
	work();
	assert_int_equal(nr_reported, 13);
	check();
}

/* A target that changes between the report and what goes is reported for once more. */
static void what_goes_for_another_target_is_reported_too(void **state)
{
	(void)state;
	use_all();
	want(BASE, RAM - BLOCKS(4));
	for (int i = 0; i < 10 && !nr_reported; i++)
		balloon_work_step();
	assert_int_equal(nr_reported, 4);
	want(BASE, RAM - BLOCKS(12));
	work();
	assert_int_equal(stats(0).present, RAM - BLOCKS(12));
	assert_int_equal(nr_reported, 4 + 12);
	check();
}

/* The last: it takes none any more. */
static void a_host_that_refuses_a_report_is_asked_for_no_other(void **state)
{
	unsigned long used = use_all(), free = kernel_mm.pages.nr_free;

	(void)state;
	report_err = -EBUSY;
	said_start();
	assert_int_equal(look(), POLICY_LOOK);
	assert_int_equal(look(), POLICY_LOOK);
	assert_said_once("frames leaked");
	assert_int_equal(nr_reports, 1);
	assert_int_equal(kernel_mm.pages.nr_free, free - BLOCKS(used));
	report_err = 0;
	page_free(page_alloc(0, PAGE_FIXED), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(look(), POLICY_NEVER);
	balloon_report(~0UL);
	assert_int_equal(nr_reports, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, start_reporting)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_backend_that_takes_reports_there_is_no_look),
		TEST(what_held_data_is_reported_when_it_is_quiet),
		TEST(where_it_is_never_quiet_a_part_is_reported),
		TEST(of_what_is_to_go_no_more_is_reported),
		TEST(what_goes_for_another_target_is_reported_too),
		TEST(a_host_that_refuses_a_report_is_asked_for_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
