/* SPDX-License-Identifier: MIT */
/* What policy does next on the way to the host's target. */
#include "policy.h"

/* 128 MiB, of which 64 are free, all of them in whole blocks; a target of 96. */
static const struct policy_state calm = {
	.unit = 1,
	.present = 128 * MIB,
	.free = 64 * MIB,
	.whole = 32,
	.target = 96 * MIB,
	.ceiling = 512 * MIB,
	.since_shortage = LONG_AGO,
	.since_slow = LONG_AGO,
	.since_try = LONG_AGO,
};

static void at_the_target_there_is_no_deadline(void **state)
{
	(void)state;
	assert_rests(STATE(at.target = 128 * MIB), POLICY_NEVER);
	assert_rests(STATE(at.target = 128 * MIB, at.over_target = 5, at.pause = 7), POLICY_NEVER);
	assert_rests(STATE(at.target = BALLOON_NO_TARGET), POLICY_NEVER);
	assert_rests(
		STATE(at.target = BALLOON_NO_TARGET, at.over_target = 5, at.user_floor = 200 * MIB),
		POLICY_NEVER);
}

static void it_grows_by_steps_up_to_the_target(void **state)
{
	(void)state;
	assert_does(STATE(at.target = 128 * MIB + 1), POLICY_GROW, 1);
	assert_does(STATE(at.target = 150 * MIB), POLICY_GROW, 22 * MIB);
	assert_does(STATE(at.target = 4096 * MIB), POLICY_GROW, POLICY_STEP_MAX);
	assert_does(STATE(at.target = 4096 * MIB, at.ceiling = 130 * MIB), POLICY_GROW, 2 * MIB);
	/* The ceiling may have been raised: only an attempt finds out. */
	assert_does(STATE(at.target = 130 * MIB, at.ceiling = 128 * MIB), POLICY_GROW, 2 * MIB);
	assert_does(STATE(at.target = 130 * MIB, at.ceiling = 0), POLICY_GROW, 2 * MIB);
	assert_does(STATE(at.target = BALLOON_NO_TARGET - 1), POLICY_GROW, POLICY_STEP_MAX);
}

static void whole_blocks_go_first_then_caches_are_asked_then_single_frames(void **state)
{
	unsigned long block = BLOCK_FRAMES;

	(void)state;
	assert_does(STATE(at.target = 96 * MIB), POLICY_SHRINK, 32 * MIB);
	/* A whole step, and what is left after whole blocks. */
	assert_does(STATE(at.present = 512 * MIB, at.free = 448 * MIB, at.whole = 224),
		    POLICY_SHRINK, POLICY_STEP_MAX);
	assert_does(STATE(at.target = 128 * MIB - 700), POLICY_SHRINK, block);
	assert_does(STATE(at.target = 128 * MIB - 188), POLICY_SHRINK, 188);
	/* No more whole blocks than there are; with none, caches may make some. */
	assert_does(STATE(at.whole = 3), POLICY_SHRINK, 3 * block);
	assert_does(STATE(at.whole = 0), POLICY_RECLAIM, 32 * MIB);
	assert_does(STATE(at.whole = 0, at.reclaimed = true), POLICY_SHRINK, block);
	/* A part of a block is not worth a cache. */
	assert_does(STATE(at.target = 128 * MIB - 188, at.whole = 0), POLICY_SHRINK, 188);
}

static void it_never_goes_below_the_floor(void **state)
{
	(void)state;
	/* 64 MiB are in use: the floor is 65. Caches are asked for what is not free, */
	assert_does(STATE(at.target = 10 * MIB), POLICY_SHRINK, 62 * MIB);
	assert_does(STATE(at.target = 10 * MIB, at.whole = 0), POLICY_RECLAIM, 118 * MIB);
	assert_does(STATE(at.target = 10 * MIB, at.free = MIB + 5, at.whole = 0), POLICY_RECLAIM,
		    118 * MIB);
	/* and what is left goes to the frame: of 127 MiB in use 1/64 stays free, */
	assert_does(
		STATE(at.target = 10 * MIB, at.free = 2 * MIB, at.whole = 0, at.reclaimed = true),
		POLICY_SHRINK, 2 * MIB - 126 * MIB / 64);
	/* then it is stuck, and looks again. */
	assert_true(assert_rests(STATE(at.target = 10 * MIB, at.free = MIB, at.whole = 0,
				       at.reclaimed = true),
				 POLICY_MS)
			    .stuck);
	/* The user's floor holds as well. */
	assert_does(STATE(at.target = 10 * MIB, at.user_floor = 100 * MIB), POLICY_SHRINK,
		    28 * MIB);
	/* and nothing that caches let go could pass it: they are asked for what is above it alone,
	 */
	assert_rests(STATE(at.target = 0, at.user_floor = 128 * MIB), POLICY_MS);
	assert_rests(STATE(at.target = 0, at.user_floor = NO_LIMIT), POLICY_MS);
	assert_does(STATE(at.target = 0, at.free = 0, at.whole = 0, at.user_floor = 127 * MIB),
		    POLICY_RECLAIM, MIB);
	/* of what shortage brought in, too. */
	assert_rests(STATE(at.target = 0, at.over_target = 128 * MIB, at.user_floor = 128 * MIB),
		     POLICY_MS);
	assert_does(STATE(at.target = 0, at.over_target = 128 * MIB, at.free = 0, at.whole = 0,
			  at.user_floor = 128 * MIB - 5),
		    POLICY_RECLAIM, 5);
}

/* Whatever the numbers: what is left is not less than floor or target, nor more than the ceiling.
 */
static void no_decision_passes_floor_or_target(void **state)
{
	(void)state;
	random_start();
	for (unsigned int i = 0; i < 1000000; i++) {
		struct policy_state s = any_state(1);
		struct policy_decision d;
		unsigned long floor;

		floor = policy_floor(s.present, s.free, s.user_floor);
		d = policy_decide(&s);
		assert_true(d.wait <= POLICY_S ||
			    (d.wait == POLICY_NEVER && s.present == s.target));
		assert_int_equal(d.wait == 0, d.action != POLICY_REST);
		assert_int_equal(d.frames == 0, d.action == POLICY_REST);
		if (d.action == POLICY_GROW)
			assert_true(s.present + d.frames <= s.target &&
				    d.frames <= POLICY_STEP_MAX);
		if (d.action == POLICY_SHRINK)
			assert_true(s.present - d.frames >= MAX(floor, s.target) &&
				    d.frames <= MIN(s.free, POLICY_STEP_MAX));
		if (d.action == POLICY_SHRINK && !d.slow)
			assert_true(s.present - d.frames >=
				    s.target + MIN(s.over_target, s.present - s.target));
	}
}

static void an_attempt_that_brought_nothing_is_followed_by_a_pause(void **state)
{
	(void)state;
	assert_rests(STATE(at.pause = 10, at.since_try = 0), 10);
	assert_rests(STATE(at.pause = 10, at.since_try = 4), 6);
	assert_does(STATE(at.pause = 10, at.since_try = 10), POLICY_SHRINK, 32 * MIB);
	assert_rests(STATE(at.target = 200 * MIB, at.pause = POLICY_S, at.since_try = 1),
		     POLICY_S - 1);
	/* Being stuck is one. */
	assert_rests(STATE(at.user_floor = NO_LIMIT, at.reclaimed = true, at.pause = 4 * POLICY_MS),
		     8 * POLICY_MS);
	assert_rests(STATE(at.user_floor = NO_LIMIT, at.reclaimed = true, at.pause = POLICY_S),
		     POLICY_S);
}

static void what_shortage_brought_in_stays_until_it_is_quiet(void **state)
{
	(void)state;
	/* 32 MiB above the target, of which shortage brought 20: 12 go at once. */
	assert_does(STATE(at.over_target = 20 * MIB, at.since_shortage = 0), POLICY_SHRINK,
		    12 * MIB);
	/* All of it: nothing goes, but it looks every second. */
	assert_false(assert_rests(STATE(at.over_target = 32 * MIB, at.since_shortage = 0), POLICY_S)
			     .stuck);
	assert_rests(STATE(at.over_target = 99 * MIB, at.since_shortage = POLICY_QUIET - 5), 5);
	/* Quiet: a sixteenth, whole blocks of it, and a second later the next. */
	assert_does(STATE(at.over_target = 32 * MIB, at.since_shortage = POLICY_QUIET),
		    POLICY_SHRINK, 2 * MIB);
	assert_true(policy_decide(STATE(at.over_target = 32 * MIB)).slow);
	assert_rests(STATE(at.over_target = 32 * MIB, at.since_slow = 1), POLICY_S - 1);
	/* A block at least, and the last of it to the frame. */
	assert_does(STATE(at.target = 120 * MIB, at.over_target = 8 * MIB), POLICY_SHRINK,
		    BLOCK_FRAMES);
	assert_does(STATE(at.target = 128 * MIB - 5, at.over_target = 5), POLICY_SHRINK, 5);
}

/* The floor is below; yet what came for a shortage is not taken from those who were short. */
static void what_shortage_brought_in_is_not_taken_for_another_target(void **state)
{
	(void)state;
	/* 84 are in use, 44 free, and 30 of these came just now. */
	assert_does(STATE(at.target = 10 * MIB, at.free = 44 * MIB, at.over_target = 30 * MIB,
			  at.since_shortage = 0),
		    POLICY_SHRINK, ALIGN_DOWN(14 * MIB - 84 * MIB / 64, BLOCK_FRAMES));
	assert_rests(STATE(at.target = 10 * MIB, at.free = 31 * MIB, at.over_target = 30 * MIB,
			   at.since_shortage = 0, at.reclaimed = true),
		     POLICY_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_target_there_is_no_deadline),
		cmocka_unit_test(it_grows_by_steps_up_to_the_target),
		cmocka_unit_test(whole_blocks_go_first_then_caches_are_asked_then_single_frames),
		cmocka_unit_test(it_never_goes_below_the_floor),
		cmocka_unit_test(no_decision_passes_floor_or_target),
		cmocka_unit_test(an_attempt_that_brought_nothing_is_followed_by_a_pause),
		cmocka_unit_test(what_shortage_brought_in_stays_until_it_is_quiet),
		cmocka_unit_test(what_shortage_brought_in_is_not_taken_for_another_target),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
