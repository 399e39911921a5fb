/* SPDX-License-Identifier: MIT */
/*
 * The sequence that real Xen is asked too (tests/guest/fake_replay), on the fake: what it prints is
 * compared by tests/test_replay.py. Here: it comes to its end, and everything is as it was.
 */
#include "tests/guest/fake_replay/replay.h"
#include "xen.h"

static const struct fake_setup setup = {
	.machine = 128 * MIB, .frames = 32 * MIB, .ceiling = 64 * MIB, .run = 64};

static void print_out(const char *text, size_t n)
{
	printf("%.*s", (int)n, text);
}

static void all_that_was_taken_is_given_back(void **state)
{
	unsigned long calls;

	(void)state;
	start_on(&setup);
	printk_set_sink(print_out);
	replay();
	printk_set_sink(said_sink);
	calls = fake_events().calls;
	assert_true(calls > 100);
	assert_int_equal(fake_tot_pages(), setup.frames);
	fake_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_was_taken_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
