/* SPDX-License-Identifier: MIT */
/* How a process makes room when its machine is short: tables of looks, and what each leads to. */
#include <lib/addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "drivers/linux/pressure_policy.h"

#define MIB   256UL /* in frames */
#define BYTES (MIB * PAGE_SIZE)
#define S     PRESSURE_NS_PER_S
#define NONE  PRESSURE_NO_TARGET

struct look {
	unsigned int at_s;
	uint64_t stalled_us, current, limit; /* MiB */
	unsigned long present, target;	     /* MiB; what is expected */
};

static void check(const struct look *look, size_t nr, bool has_stalls)
{
	struct pressure_state state = {0};

	for (size_t i = 0; i < nr; i++) {
		struct pressure_sample sample = {
			.now_ns = look[i].at_s * S,
			.has_stalls = has_stalls,
			.stalled_us = look[i].stalled_us,
			.current = look[i].current * BYTES,
			.limit = look[i].limit * BYTES,
			.present = look[i].present * MIB,
		};
		unsigned long target = pressure_next(&state, &sample);
		unsigned long expected = look[i].target == NONE ? NONE : look[i].target * MIB;

		if (target != expected)
			fail_msg("look %zu: %lu frames, not %lu", i, target, expected);
	}
}

#define CHECK(look, has_stalls) check(look, ARRAY_SIZE(look), has_stalls)

static void a_calm_machine_wants_nothing(void **state)
{
	static const struct look look[] = {
		/* What was waited before the first look is nobody's business. */
		{1, 99000000, 0, 0, 512, NONE},
		{2, 99000000, 0, 0, 512, NONE},
		/* Less than a tenth of the time is no pressure, and neither is half a limit. */
		{3, 99099999, 100, 200, 512, NONE},
		{4, 99099999, 187, 200, 512, NONE},
	};

	(void)state;
	CHECK(look, true);
}

static void waiting_squeezes_until_it_is_long_over(void **state)
{
	static const struct look look[] = {
		{1, 0, 0, 0, 512, NONE},
		/* An eighth a look, in whole blocks, as long as somebody waits. */
		{2, 100000, 0, 0, 512, 448},
		{3, 200000, 0, 0, 448, 392},
		{4, 300000, 0, 0, 392, 342},
		/* Then it stays so for ten seconds, whatever is present by now. */
		{5, 300000, 0, 0, 400, 342},
		{13, 300000, 0, 0, 342, 342},
		{14, 300000, 0, 0, 342, NONE},
		/* A counter that went back is no pressure. */
		{15, 0, 0, 0, 342, NONE},
	};

	(void)state;
	CHECK(look, true);
}

static void a_limit_is_kept_away_from_with_hysteresis(void **state)
{
	static const struct look look[] = {
		{1, 0, 480, 512, 512, NONE},
		{2, 0, 481, 512, 512, 448},
		/* Below what is tight and above what is loose nothing changes, for ever. */
		{3, 0, 400, 512, 448, 448},
		{30, 0, 385, 512, 448, 448},
		/* Loose, but not for long enough; tight again; loose for long enough. */
		{31, 0, 384, 512, 448, 448},
		{39, 0, 100, 512, 448, 448},
		{40, 0, 500, 512, 448, 392},
		{49, 0, 100, 512, 392, 392},
		{50, 0, 100, 512, 392, NONE},
	};

	(void)state;
	CHECK(look, false);
}

static void what_is_above_the_limit_goes_at_once(void **state)
{
	static const struct look look[] = {
		{1, 0, 812, 512, 800, 500},
		{2, 0, 5000, 512, 500, 0},
		/* A small one gives a block at least, and no more than it has. */
		{3, 0, 500, 512, 3, 1},
		{4, 0, 500, 512, 1, 0},
	};

	(void)state;
	CHECK(look, false);
}

static void pressure_files_are_read(void **state)
{
	static const char psi[] = "some avg10=0.12 avg60=0.00 avg300=0.00 total=123456\n"
				  "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n";
	uint64_t value = 7;

	(void)state;
	assert_true(pressure_parse_stalls(psi, &value) && value == 123456);
	assert_false(pressure_parse_stalls("", &value));
	assert_false(pressure_parse_stalls("some avg10=0.12\nfull total=99\n", &value));
	assert_false(pressure_parse_stalls("some total=\n", &value));
	assert_false(pressure_parse_stalls("some total=12x\n", &value));
	assert_false(pressure_parse_stalls("some total=99999999999999999999999\n", &value));
	assert_true(pressure_parse_bytes("max\n", &value) && value == 0);
	assert_true(pressure_parse_bytes("4096\n", &value) && value == 4096);
	assert_false(pressure_parse_bytes("4096 12\n", &value));
	assert_false(pressure_parse_bytes("", &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_calm_machine_wants_nothing),
		cmocka_unit_test(waiting_squeezes_until_it_is_long_over),
		cmocka_unit_test(a_limit_is_kept_away_from_with_hysteresis),
		cmocka_unit_test(what_is_above_the_limit_goes_at_once),
		cmocka_unit_test(pressure_files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
