/* SPDX-License-Identifier: MIT */
/* Limits on waits, in time in which the guest ran. */
#include <lib/wait_limit.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define SECOND	   (10 * WAIT_LOOK_NS)
#define LIMIT	   (10 * SECOND)
#define BEGIN	   (1000 * SECOND)
#define LOOKS_LEFT (LIMIT / WAIT_LOOK_NS)

/* Looks at these intervals; returns how many it took until the time was over. */
static uint64_t looks_at(uint64_t interval)
{
	struct wait_limit limit = wait_limit(LIMIT, BEGIN);
	uint64_t looks = 1, now = BEGIN + interval;

	for (; !wait_limit_passed(&limit, now); now += interval)
		looks++;
	return looks;
}

static void time_that_is_looked_at_counts_in_full(void **state)
{
	(void)state;
	assert_int_equal(looks_at(WAIT_LOOK_NS), LOOKS_LEFT);
	assert_int_equal(looks_at(WAIT_LOOK_NS / 4), 4 * LOOKS_LEFT);
	assert_int_equal(looks_at(WAIT_LOOK_NS / 1000), 1000 * LOOKS_LEFT);
}

static void of_a_stop_one_look_counts(void **state)
{
	(void)state;
	assert_int_equal(looks_at(WAIT_LOOK_NS + 1), LOOKS_LEFT);
	assert_int_equal(looks_at(12 * SECOND), LOOKS_LEFT);
	assert_int_equal(looks_at(1000 * SECOND), LOOKS_LEFT);
}

static void a_thread_that_sleeps_until_the_next_look_misses_nothing(void **state)
{
	struct wait_limit limit = wait_limit(LIMIT + WAIT_LOOK_NS / 2, BEGIN);

	(void)state;
	while (!wait_limit_passed(&limit, wait_limit_next(&limit)))
		;
	assert_int_equal(limit.look_at, BEGIN + LIMIT + WAIT_LOOK_NS / 2);
	assert_int_equal(wait_limit_next(&limit), limit.look_at);
}

static void a_clock_that_goes_back_counts_nothing(void **state)
{
	struct wait_limit limit = wait_limit(WAIT_LOOK_NS, BEGIN);

	(void)state;
	assert_false(wait_limit_passed(&limit, BEGIN - 1));
	assert_false(wait_limit_passed(&limit, BEGIN - SECOND));
	assert_int_equal(limit.left, WAIT_LOOK_NS);
	assert_true(wait_limit_passed(&limit, BEGIN));
}

static void a_wait_that_is_over_stays_over(void **state)
{
	struct wait_limit limit = wait_limit(1, BEGIN);

	(void)state;
	assert_false(wait_limit_passed(&limit, BEGIN));
	assert_true(wait_limit_passed(&limit, BEGIN + 1));
	assert_true(wait_limit_passed(&limit, BEGIN + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_that_is_looked_at_counts_in_full),
		cmocka_unit_test(of_a_stop_one_look_counts),
		cmocka_unit_test(a_thread_that_sleeps_until_the_next_look_misses_nothing),
		cmocka_unit_test(a_clock_that_goes_back_counts_nothing),
		cmocka_unit_test(a_wait_that_is_over_stays_over),
	};

	return cmocka_run_group_tests_name("wait_limit", tests, NULL, NULL);
}
