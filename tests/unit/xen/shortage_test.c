/* SPDX-License-Identifier: MIT */
/*
 * What happens while the target is followed, under the fake Xen: memory is short, other targets
 * come, commands, and caches that do as they like.
 */
#include "turns.h"

static void a_shortage_has_back_what_is_collected_to_go(void **state)
{
	struct balloon_event event;
	unsigned long calls, kept;

	(void)state;
	hold(60 * MIB);
	let_go(40 * MIB);
	balloon_target_set(30 * MIB);
	calls = fake_events().calls;
	/* Some are collected, and none have gone. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(balloon_work_step(), 0);
	kept = setup.frames - free_frames();
	hold(free_frames());
	assert_int_equal(fake_events().calls, calls);
	hold(1);
	assert_int_equal(fake_events().calls, calls);
	assert_true(balloon_event_get(0, &event));
	assert_int_equal(event.kind, BALLOON_CANCELLED);
	assert_int_equal(event.frames, 3 * 4 * MIB);
	assert_true(kept > event.frames);
	fake_check();
	/* There is no room above the floor any more: it goes no further. */
	work_for(POLICY_S);
	assert_true(present() >= setup.frames - 12 * MIB);
	fake_check();
}

static void a_target_that_moves_lets_go_what_is_too_many(void **state)
{
	(void)state;
	hold(60 * MIB);
	let_go(50 * MIB);
	balloon_target_set(30 * MIB);
	for (int i = 0; i < 4; i++)
		assert_int_equal(balloon_work_step(), 0);
	balloon_target_set(setup.frames - 6 * MIB);
	work();
	assert_at(setup.frames - 6 * MIB);
	balloon_target_set(20 * MIB);
	for (int i = 0; i < 4; i++)
		assert_int_equal(balloon_work_step(), 0);
	balloon_target_none();
	assert_int_equal(balloon_work_step(), POLICY_NEVER);
	assert_int_equal(present(), setup.frames - 6 * MIB);
	fake_check();
}

/* Commands find the memory whole, whatever is collected. */
static void growing_and_giving_back_by_command_let_it_go(void **state)
{
	unsigned long moved;

	(void)state;
	balloon_target_set(30 * MIB);
	for (int i = 0; i < 3; i++)
		assert_int_equal(balloon_work_step(), 0);
	assert_int_equal(balloon_shrink(5 * MIB, &moved), 0);
	assert_int_equal(present(), setup.frames - 5 * MIB);
	fake_check();
	assert_int_equal(balloon_work_step(), 0);
	assert_int_equal(balloon_grow(1 * MIB, &moved), 0);
	assert_int_equal(present(), setup.frames - 4 * MIB);
	fake_check();
}

static void of_a_storm_of_targets_the_last_counts(void **state)
{
	(void)state;
	random_start();
	hold(60 * MIB);
	let_go(50 * MIB);
	for (int i = 0; i < 300; i++) {
		balloon_target_set(random_below(110 * MIB));
		for (unsigned int turns = (unsigned int)random_below(8); turns; turns--)
			balloon_work_step();
		if (random_one_in(4))
			balloon_target_set(ULONG_MAX - random_below(3));
		fake_wait(POLICY_S / 10);
		if (random_one_in(2))
			hold(random_below(20));
		else
			let_go(random_below(20));
	}
	balloon_shrink_cancel();
	fake_check();
	balloon_target_set(41 * MIB + 9);
	work();
	assert_at(41 * MIB + 9);
}

static void set_some_target(void)
{
	balloon_target_set(random_below(110 * MIB));
}

/* As xenstore's watch would, in the middle of the hypercalls that follow the one before. */
static void targets_may_come_in_interrupts(void **state)
{
	(void)state;
	random_start();
	hold(60 * MIB);
	let_go(50 * MIB);
	fake_set_faults(&(struct fake_faults){.on_interrupt = set_some_target});
	balloon_target_set(30 * MIB);
	for (int i = 0; i < 300; i++)
		fake_wait(MIN(balloon_work_step(), POLICY_MS));
	fake_no_faults();
	balloon_target_set(43 * MIB + 1);
	work();
	assert_at(43 * MIB + 1);
}

/* ---- what shortage brings in ---- */

static void what_shortage_brought_in_goes_back_slowly(void **state)
{
	unsigned long brought, before;

	(void)state;
	balloon_target_set(32 * MIB);
	work();
	hold(free_frames() + 1);
	brought = present() - 32 * MIB;
	assert_true(brought > 0);
	assert_int_equal(stats().over_target, brought);
	let_go(nr_held);
	work_for(POLICY_QUIET - POLICY_S);
	assert_int_equal(present(), 32 * MIB + brought);
	/* Then at most a sixteenth of it a second, or a block. */
	while ((before = present()) > 32 * MIB) {
		work_for(POLICY_S);
		assert_true(present() <= before);
		assert_true(before - present() <= MAX((before - 32 * MIB) / 16, BLOCK_FRAMES));
		assert_true(clock_ns() < 200 * POLICY_S);
	}
	assert_at(32 * MIB);
	assert_int_equal(stats().over_target, 0);
}

/* Before a suspend: nothing waits, and nothing is said. */
static void what_shortage_brought_in_goes_at_once_where_it_must(void **state)
{
	(void)state;
	balloon_target_set(32 * MIB);
	work();
	hold(free_frames() + 1);
	let_go(nr_held);
	work();
	assert_true(present() > 32 * MIB);
	balloon_drop_over_target();
	work();
	assert_at(32 * MIB);
	assert_said_nothing();
}

/* The same again is no new one. */
static void a_new_target_is_followed_at_once(void **state)
{
	unsigned long extra;

	(void)state;
	balloon_target_set(32 * MIB);
	work();
	hold(free_frames() + 1);
	let_go(nr_held);
	extra = present() - 32 * MIB;
	balloon_target_set(32 * MIB);
	work();
	assert_int_equal(stats().over_target, extra);
	assert_int_equal(present(), 32 * MIB + extra);
	balloon_target_set(31 * MIB);
	work();
	assert_at(31 * MIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_shortage_has_back_what_is_collected_to_go, start),
		cmocka_unit_test_setup(a_target_that_moves_lets_go_what_is_too_many, start),
		cmocka_unit_test_setup(growing_and_giving_back_by_command_let_it_go, start),
		cmocka_unit_test_setup(of_a_storm_of_targets_the_last_counts, start),
		cmocka_unit_test_setup(targets_may_come_in_interrupts, start),
		cmocka_unit_test_setup(what_shortage_brought_in_goes_back_slowly, start),
		cmocka_unit_test_setup(what_shortage_brought_in_goes_at_once_where_it_must, start),
		cmocka_unit_test_setup(a_new_target_is_followed_at_once, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
