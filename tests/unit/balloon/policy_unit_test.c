/* SPDX-License-Identifier: MIT */
/*
 * What policy does for a backend whose frames come and go by units of several blocks, beside one of
 * single frames: tables, random numbers, and a play against hosts of plain numbers.
 */
#include "policy.h"

#define UNIT   (8 * MIB)
#define OTHERS (100 * MIB + 3) /* what other backends brought: no whole units */

/* Eight units beside what others brought, five of them free as a whole; a target of six. */
static const struct policy_state calm = {
	.unit = UNIT,
	.present = OTHERS + 8 * UNIT,
	.free = 60 * MIB,
	.whole = 5,
	.target = OTHERS + 6 * UNIT,
	.ceiling = OTHERS + 16 * UNIT,
	.since_shortage = LONG_AGO,
	.since_slow = LONG_AGO,
	.since_try = LONG_AGO,
};

/* One that is stuck looks again after a pause. */
static void assert_waits(const struct policy_state *s, uint64_t wait)
{
	assert_int_equal(assert_rests(s, wait).stuck, wait == POLICY_MS);
}

static void a_target_between_two_units_is_the_lower(void **state)
{
	(void)state;
	assert_waits(STATE(at.target = OTHERS + 8 * UNIT), POLICY_NEVER);
	assert_waits(STATE(at.target = OTHERS + 9 * UNIT - 1), POLICY_NEVER);
	assert_does(STATE(at.target = OTHERS + 9 * UNIT), POLICY_GROW, UNIT);
	assert_does(STATE(at.target = OTHERS + 10 * UNIT - 1), POLICY_GROW, UNIT);
	assert_does(STATE(at.target = OTHERS + 8 * UNIT - 1), POLICY_SHRINK, UNIT);
	assert_does(STATE(at.target = OTHERS + 7 * UNIT), POLICY_SHRINK, UNIT);
	assert_does(STATE(at.target = OTHERS + 7 * UNIT - 1), POLICY_SHRINK, 2 * UNIT);
}

static void it_grows_by_whole_units(void **state)
{
	(void)state;
	assert_does(STATE(at.target = OTHERS + 100 * UNIT), POLICY_GROW, 8 * UNIT);
	assert_does(STATE(at.target = OTHERS + 100 * UNIT, at.ceiling = OTHERS + 10 * UNIT - 1),
		    POLICY_GROW, UNIT);
	/* Less than a unit of room is none: an attempt finds out. */
	assert_does(STATE(at.target = OTHERS + 9 * UNIT, at.ceiling = OTHERS + 9 * UNIT - 1),
		    POLICY_GROW, UNIT);
	/* A unit may be more than a step. */
	assert_does(
		STATE(at.unit = 256 * MIB, at.target = OTHERS + 1024 * MIB, at.ceiling = NO_LIMIT),
		POLICY_GROW, 256 * MIB);
	assert_int_equal(policy_step(1, 32 * MIB, NO_LIMIT, 32 * MIB), 32 * MIB);
	assert_int_equal(policy_step(1, MIB, NO_LIMIT, 32 * MIB), 32 * MIB);
	assert_int_equal(policy_step(33 * MIB, MIB, NO_LIMIT, 32 * MIB), 64 * MIB);
	assert_int_equal(policy_step(1, 512 * MIB, 63 * MIB, 32 * MIB), 32 * MIB);
	assert_int_equal(policy_step(1, 512 * MIB, 31 * MIB, 32 * MIB), 0);
}

static void only_units_that_are_free_as_a_whole_go(void **state)
{
	(void)state;
	assert_does(STATE(at.whole = 1), POLICY_SHRINK, UNIT);
	assert_does(STATE(at.whole = 0), POLICY_RECLAIM, 2 * UNIT);
	/* No single frame goes, however many are free. */
	assert_waits(STATE(at.whole = 0, at.reclaimed = true), POLICY_MS);
	/* The floor leaves room for less than a unit. */
	assert_waits(STATE(at.user_floor = OTHERS + 7 * UNIT + 1), POLICY_MS);
	assert_does(STATE(at.user_floor = OTHERS + 7 * UNIT), POLICY_SHRINK, UNIT);
}

static void what_shortage_brought_goes_slowly_and_by_units(void **state)
{
	(void)state;
	assert_does(STATE(at.target = OTHERS + 4 * UNIT, at.over_target = 2 * UNIT,
			  at.since_shortage = 0),
		    POLICY_SHRINK, 2 * UNIT);
	assert_waits(STATE(at.over_target = 2 * UNIT, at.since_shortage = 0), POLICY_S);
	assert_does(STATE(at.over_target = 2 * UNIT), POLICY_SHRINK, UNIT);
	assert_true(policy_decide(STATE(at.over_target = 2 * UNIT)).slow);
	/* A part of a unit that is beyond the target goes with it. */
	assert_does(STATE(at.target = OTHERS + 7 * UNIT + 5, at.over_target = UNIT - 5),
		    POLICY_SHRINK, UNIT);
	assert_does(STATE(at.target = OTHERS + 5 * UNIT + 5, at.over_target = 3 * UNIT - 5),
		    POLICY_SHRINK, UNIT);
}

static void no_decision_cuts_a_unit_or_passes_floor_or_target(void **state)
{
	(void)state;
	random_start();
	for (unsigned int i = 0; i < 1000000; i++) {
		struct policy_state s = any_state(BLOCK_FRAMES << random_below(9));
		struct policy_decision d;
		unsigned long floor, most = MAX(POLICY_STEP_MAX, s.unit);

		floor = policy_floor(s.present, s.free, s.user_floor);
		d = policy_decide(&s);
		assert_int_equal(d.frames == 0, d.action == POLICY_REST);
		if (d.action == POLICY_GROW || d.action == POLICY_SHRINK)
			assert_true(IS_ALIGNED(d.frames, s.unit) && d.frames <= most);
		if (d.action == POLICY_GROW)
			assert_true(s.present + d.frames <= s.target);
		if (d.action == POLICY_SHRINK)
			assert_true(s.present - d.frames >= floor &&
				    s.present - d.frames + s.unit > s.target &&
				    d.frames <= s.whole * s.unit);
		if (d.wait == POLICY_NEVER)
			assert_true(s.present <= s.target && s.target - s.present < s.unit);
	}
}

/* Whatever is wanted, from wherever: it is there in finite turns, if nothing is in use. */
static void every_target_is_reached_to_the_unit(void **state)
{
	(void)state;
	random_start();
	for (unsigned int i = 0; i < 2000; i++) {
		struct policy_state s = calm;
		unsigned long wanted = random_below(64 * UNIT), turns = 0;

		s.present = OTHERS + UNIT * random_below(64);
		s.target = OTHERS + wanted;
		s.over_target = random_one_in(2) ? 0 : random_below(64 * UNIT);
		s.ceiling = NO_LIMIT;
		for (;;) {
			struct policy_decision d;

			s.free = s.present - 50 * MIB;
			s.whole = (s.present - OTHERS) / UNIT;
			d = policy_decide(&s);
			if (d.wait == POLICY_NEVER)
				break;
			assert_true(d.action != POLICY_REST && ++turns < 1000);
			s.present += d.action == POLICY_GROW ? d.frames : 0UL - d.frames;
			s.over_target -= d.slow ? MIN(s.over_target, d.frames) : 0;
		}
		assert_int_equal(s.present, OTHERS + ALIGN_DOWN(wanted, UNIT));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_between_two_units_is_the_lower),
		cmocka_unit_test(it_grows_by_whole_units),
		cmocka_unit_test(only_units_that_are_free_as_a_whole_go),
		cmocka_unit_test(what_shortage_brought_goes_slowly_and_by_units),
		cmocka_unit_test(no_decision_cuts_a_unit_or_passes_floor_or_target),
		cmocka_unit_test(every_target_is_reached_to_the_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
