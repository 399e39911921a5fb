/* SPDX-License-Identifier: MIT */
/* What policy answers: tables of numbers in, numbers out. */
#include <lib/addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "balloon/policy.h"

#define MIB	 256UL /* in frames */
#define NO_LIMIT (~0UL)

static void a_step_follows_what_is_present(void **state)
{
	static const struct {
		unsigned long request, present, room, step;
	} row[] = {
		/* Half of what is present, in whole blocks. */
		{1, 32 * MIB, NO_LIMIT, 16 * MIB},
		{1, 33 * MIB, NO_LIMIT, 18 * MIB},
		/* Not more than 64 MiB for a small request, */
		{1, 1024 * MIB, NO_LIMIT, 64 * MIB},
		{64 * MIB, 1024 * MIB, NO_LIMIT, 64 * MIB},
		/* but as much as was asked, however much that is. */
		{65 * MIB, 1024 * MIB, NO_LIMIT, 66 * MIB},
		{4096 * MIB, 32 * MIB, NO_LIMIT, 4096 * MIB},
		/* A guest with next to nothing grows by a block at least. */
		{1, 1, NO_LIMIT, BLOCK_FRAMES},
		{BLOCK_FRAMES, 1, NO_LIMIT, BLOCK_FRAMES},
		/* Never more than there is room for, to the frame. */
		{1, 32 * MIB, 1, 1},
		{1, 32 * MIB, 700, 700},
		{700, 32 * MIB, 700, 700},
		{4096 * MIB, 32 * MIB, 100 * MIB + 1, 100 * MIB + 1},
		{1, 32 * MIB, 0, 0},
		/* An absurd request does not wrap. */
		{NO_LIMIT, 32 * MIB, 100 * MIB, 100 * MIB},
		{NO_LIMIT - 1, 32 * MIB, 100 * MIB + 3, 100 * MIB + 3},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		unsigned long step = policy_step(row[i].request, row[i].present, row[i].room, 1);

		if (step != row[i].step)
			fail_msg("row %zu: %lu frames, not %lu", i, step, row[i].step);
	}
}

static void a_step_is_never_less_than_the_request_if_there_is_room(void **state)
{
	(void)state;
	for (unsigned long request = 1; request < 100000; request += 37)
		for (unsigned long present = 1; present < 300000; present = present * 3 + 1) {
			unsigned long step = policy_step(request, present, 200000, 1);

			assert_true(step >= request && step <= 200000);
			assert_true(step % BLOCK_FRAMES == 0 || step == 200000);
		}
}

static void pauses_double_from_a_millisecond_to_a_second(void **state)
{
	static const uint64_t pause_ms[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 1000};
	uint64_t pause = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pause_ms); i++) {
		pause = policy_backoff(pause);
		assert_int_equal(pause, pause_ms[i] * 1000000);
	}
	assert_int_equal(policy_backoff(UINT64_MAX / 2), POLICY_BACKOFF_MAX);
}

static void after_a_loss_they_double_from_a_second_to_17_minutes(void **state)
{
	uint64_t pause = 0;

	(void)state;
	for (unsigned int i = 0; i < 13; i++) {
		pause = policy_leak_backoff(pause);
		assert_int_equal(pause, 1000000000ULL << MIN(i, 10U));
	}
}

static void the_floor_is_what_is_in_use_and_a_part_of_it(void **state)
{
	static const struct {
		unsigned long present, free, least, floor;
	} row[] = {
		/* 1 MiB above what is in use, */
		{32 * MIB, 30 * MIB, 0, 3 * MIB},
		{32 * MIB, 32 * MIB, 0, 1 * MIB},
		{32 * MIB, 0, 0, 33 * MIB},
		/* or 1/64 of it where that is more; however much is free. */
		{512 * MIB, 384 * MIB, 0, 130 * MIB},
		{4096 * MIB, 3968 * MIB, 0, 130 * MIB},
		/* The user's, if it is more. */
		{32 * MIB, 30 * MIB, 2 * MIB, 3 * MIB},
		{32 * MIB, 30 * MIB, 20 * MIB, 20 * MIB},
		{32 * MIB, 30 * MIB, NO_LIMIT, NO_LIMIT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		assert_int_equal(policy_floor(row[i].present, row[i].free, row[i].least),
				 row[i].floor);
}

static void what_is_idle_is_reported_in_parts_where_it_is_never_quiet(void **state)
{
	(void)state;
	for (unsigned int looks = 0; looks <= 2 * POLICY_LOOKS_MAX; looks++) {
		assert_int_equal(policy_report(true, looks), POLICY_REPORT_MAX);
		assert_int_equal(policy_report(false, looks),
				 looks < POLICY_LOOKS_MAX ? 0 : POLICY_REPORT_NOISY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_follows_what_is_present),
		cmocka_unit_test(a_step_is_never_less_than_the_request_if_there_is_room),
		cmocka_unit_test(pauses_double_from_a_millisecond_to_a_second),
		cmocka_unit_test(after_a_loss_they_double_from_a_second_to_17_minutes),
		cmocka_unit_test(the_floor_is_what_is_in_use_and_a_part_of_it),
		cmocka_unit_test(what_is_idle_is_reported_in_parts_where_it_is_never_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
