/* SPDX-License-Identifier: MIT */
/*
 * Following the target under the fake Xen, turn by turn. What is released must be scrubbed,
 * unmapped and flushed: the fake looks at each frame.
 */
#include "turns.h"

static void the_target_is_reached_down_and_up(void **state)
{
	static const unsigned long target[] = {40 * MIB, 40 * MIB - 1,	 17 * MIB + 300,
					       96 * MIB, 96 * MIB - 513, 64 * MIB};

	(void)state;
	/* Memory that has held data, and some that still does. */
	hold(60 * MIB);
	let_go(50 * MIB);
	for (size_t i = 0; i < ARRAY_SIZE(target); i++) {
		balloon_target_set(target[i]);
		work();
		assert_at(target[i]);
	}
}

/* What is collected is counted as free still: the floor does not rise while it is. */
static void all_that_is_free_goes_in_one_step(void **state)
{
	unsigned long target = setup.frames - free_frames() + 2 * MIB;
	struct balloon_event event;
	unsigned int steps = 0;

	(void)state;
	balloon_target_set(target);
	work();
	assert_at(target);
	for (unsigned int i = 0; balloon_event_get(i, &event) && event.kind != BALLOON_TARGET; i++)
		steps += event.kind == BALLOON_SHRANK;
	assert_in_range(steps, 1, 2); /* whole blocks, and what is no whole block */
}

static void at_the_target_nothing_is_asked_of_the_host(void **state)
{
	unsigned long calls;

	(void)state;
	balloon_target_set(32 * MIB);
	work();
	calls = fake_events().calls;
	for (int i = 0; i < 100; i++) {
		fake_wait(POLICY_S);
		assert_int_equal(balloon_work_step(), POLICY_NEVER);
		balloon_target_set(32 * MIB);
	}
	assert_int_equal(fake_events().calls, calls);
}

static void without_a_target_it_does_nothing(void **state)
{
	(void)state;
	assert_int_equal(balloon_work_step(), POLICY_NEVER);
	balloon_target_set(32 * MIB);
	balloon_target_none();
	assert_int_equal(balloon_work_step(), POLICY_NEVER);
	assert_int_equal(present(), setup.frames);
	assert_int_equal(stats().target, BALLOON_NO_TARGET);
	assert_int_equal(fake_events().calls, 0);
}

static void it_stops_at_the_floor_and_says_so_once(void **state)
{
	unsigned long floor;

	(void)state;
	hold(20 * MIB);
	balloon_target_set(MIB);
	work_for(5 * POLICY_S);
	floor = present();
	assert_int_equal(stats().floor, floor);
	assert_int_equal(floor, present() - free_frames() + MIB);
	assert_said_once("below floor");
	assert_int_equal(balloon_result(), -ENOSPC);
	fake_check();
	/* What is freed goes within a second. */
	let_go(10 * MIB);
	work_for(POLICY_S);
	assert_int_equal(present(), floor - 10 * MIB);
	/* Another target, another line. */
	said_start();
	balloon_target_set(MIB + 1);
	work_for(5 * POLICY_S);
	assert_said_once("below floor");
}

static void the_users_floor_holds(void **state)
{
	(void)state;
	balloon_floor_set(50 * MIB + 3);
	balloon_target_set(0);
	work_for(POLICY_S);
	assert_int_equal(present(), 50 * MIB + 3);
	balloon_floor_set(0);
	work_for(2 * POLICY_S);
	assert_true(present() < 3 * MIB);
	fake_check();
}

static void absurd_targets_do_no_harm(void **state)
{
	(void)state;
	balloon_target_set(ULONG_MAX);
	work_for(3 * POLICY_S);
	assert_int_equal(present(), setup.ceiling);
	balloon_target_set(0);
	work_for(3 * POLICY_S);
	assert_int_equal(present(), stats().floor);
	balloon_target_set(ULONG_MAX - 1);
	work_for(3 * POLICY_S);
	balloon_target_set(LONG_MAX);
	work_for(3 * POLICY_S);
	assert_int_equal(present(), setup.ceiling);
	balloon_target_set(33 * MIB);
	work();
	assert_at(33 * MIB);
}

/* A look a second, one hypercall each, until there is room. */
static void a_ceiling_below_the_target_is_looked_at_until_it_rises(void **state)
{
	unsigned long calls;

	(void)state;
	balloon_target_set(120 * MIB);
	work_for(5 * POLICY_S);
	assert_int_equal(present(), setup.ceiling);
	calls = fake_events().calls;
	work_for(10 * POLICY_S);
	assert_true(fake_events().calls - calls <= 11);
	fake_set_ceiling(130 * MIB);
	work_for(POLICY_S);
	assert_at(120 * MIB);
}

static void a_short_host_is_asked_again_in_pauses(void **state)
{
	(void)state;
	fake_set_faults(&(struct fake_faults){.host_has_limit = true, .host_frames = 5 * MIB});
	balloon_target_set(90 * MIB);
	work_for(10 * POLICY_S);
	assert_int_equal(present(), 69 * MIB);
	assert_true(fake_events().calls < 150);
	assert_int_equal(balloon_result(), -EAGAIN);
	fake_no_faults();
	work_for(2 * POLICY_S);
	assert_at(90 * MIB);
}

/* Wherever the host stops: it is tried again, and all of it goes in the end. */
static void a_short_or_refused_release_is_tried_again(void **state)
{
	struct fake_faults faults = {0};

	(void)state;
	for (unsigned long at = 1; at < 40; at++) {
		start(state);
		hold(50 * MIB);
		let_go(45 * MIB);
		faults.release = (struct fake_fault){at, at % 3};
		faults.call = (struct fake_fault){at % 4 ? 0 : at, 0};
		fake_set_faults(&faults);
		balloon_target_set(20 * MIB + at);
		work_for(POLICY_S);
		fake_no_faults();
		work_for(2 * POLICY_S);
		assert_int_equal(lost_frames(), 0);
		assert_at(20 * MIB + at);
	}
}

/* The host takes nothing of so many steps; returns how many releases it took to go down then. */
static unsigned long releases_after(unsigned int refused, unsigned long down, uint64_t later)
{
	unsigned long grown, before = present();

	if (before < setup.frames)
		assert_int_equal(balloon_grow(setup.frames - before, &grown), 0);
	balloon_target_set(down);
	/* With what shortage brings, and no other target, it would begin as it was. */
	fake_wait(2 * POLICY_QUIET);
	fake_set_faults(&(struct fake_faults){.release = {1, refused - 1}});
	for (int i = 0; i < 200 && fake_events().releases < refused; i++)
		fake_wait(MIN(balloon_work_step(), POLICY_S));
	fake_no_faults();
	fake_wait(later);
	work_for(60 * POLICY_S);
	assert_at(down);
	return fake_events().releases;
}

/* A refusal long ago does not count, nor do two: what goes, goes by whole blocks again. */
static void refusals_far_apart_do_not_add_up(void **state)
{
	static const struct fake_setup neighbours = {.machine = 200 * MIB,
						     .frames = 64 * MIB,
						     .ceiling = 96 * MIB,
						     .run = 60000,
						     .clean = true};
	unsigned long down = 20 * MIB, blocks = (setup.frames - 20 * MIB) / BLOCK_FRAMES;

	(void)state;
	start_on(&neighbours);
	for (int day = 1; day <= 3; day++)
		assert_true(releases_after(1, down, 0) <= 2 * blocks);
	for (int day = 1; day <= 3; day++)
		assert_true(releases_after(2, down, 1100 * POLICY_S) <= 2 * blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_target_is_reached_down_and_up, start),
		cmocka_unit_test_setup(all_that_is_free_goes_in_one_step, start),
		cmocka_unit_test_setup(at_the_target_nothing_is_asked_of_the_host, start),
		cmocka_unit_test_setup(without_a_target_it_does_nothing, start),
		cmocka_unit_test_setup(it_stops_at_the_floor_and_says_so_once, start),
		cmocka_unit_test_setup(the_users_floor_holds, start),
		cmocka_unit_test_setup(absurd_targets_do_no_harm, start),
		cmocka_unit_test_setup(a_ceiling_below_the_target_is_looked_at_until_it_rises,
				       start),
		cmocka_unit_test_setup(a_short_host_is_asked_again_in_pauses, start),
		cmocka_unit_test_setup(a_short_or_refused_release_is_tried_again, start),
		cmocka_unit_test_setup(refusals_far_apart_do_not_add_up, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
