/* SPDX-License-Identifier: MIT */
/* The host's limits under the fake Xen: a ceiling that moves at any time, a host that is short. */
#include "xen.h"

static const struct fake_setup small = {
	.machine = 96 * MIB, .frames = 16 * MIB, .ceiling = 64 * MIB, .run = 8};

/* ---- the ceiling ---- */

static void at_the_ceiling_a_failure_costs_one_hypercall(void **state)
{
	(void)state;
	start_on(&small);
	take_all();
	assert_int_equal(present(), small.ceiling);
	fake_no_faults();
	for (unsigned int i = 1; i <= 100; i++) {
		assert_null(fake_take(i % 12, PAGE_FIXED));
		assert_int_equal(fake_events().calls, i);
	}
	fake_check();
}

static void what_is_lost_is_no_room(void **state)
{
	(void)state;
	start_on(&small);
	fake_set_faults(&(struct fake_faults){.extent = {2, 0}, .inside = true});
	grow_by(8 * MIB);
	assert_int_equal(lost_frames(), BLOCK_FRAMES);
	assert_grows_to(small.ceiling, BLOCK_FRAMES);
	fake_no_faults();
	fake_wait(LONG_PAUSE);
	assert_int_equal(grow_by(1), -ENOSPC);
	assert_int_equal(fake_events().calls, 1);
}

static void a_ceiling_that_is_raised_is_seen_at_once(void **state)
{
	static const unsigned long more[] = {1, 2, 509, 512, 700, 5000};
	unsigned long ceiling = small.frames;

	(void)state;
	start_on(&small);
	for (unsigned int i = 0; i < ARRAY_SIZE(more); i++) {
		fake_set_ceiling(ceiling);
		take_all();
		assert_int_equal(present(), ceiling);
		ceiling += more[i];
	}
	fake_check();
}

static void a_ceiling_below_what_we_have_changes_nothing(void **state)
{
	(void)state;
	start_on(&small);
	fake_set_ceiling(small.frames - 1000);
	assert_int_equal(grow_by(1), -ENOSPC);
	fake_set_ceiling(0);
	assert_int_equal(grow_by(1), -ENOSPC);
	take_all();
	assert_int_equal(present(), small.frames);
	fake_check();
}

static unsigned long move_at, move_to;

static void move_ceiling(unsigned long nth)
{
	if (nth == move_at)
		fake_set_ceiling(move_to);
}

/* The ceiling moves before the nth hypercall of a growth. False: there are fewer. */
static bool ceiling_moves(unsigned long nth, unsigned long to)
{
	unsigned long calls;

	start_on(&small);
	fake_set_ceiling(small.frames + 16 * MIB + 100);
	move_at = nth;
	move_to = to;
	fake_set_faults(&(struct fake_faults){.on_call = move_ceiling});
	grow_by(24 * MIB);
	calls = fake_events().calls;
	fake_check();
	assert_grows_to(small.ceiling, 0);
	fake_check();
	return calls >= nth;
}

static void the_ceiling_may_move_at_any_hypercall(void **state)
{
	const unsigned long to[] = {0,
				    small.frames - 1,
				    small.frames,
				    small.frames + 1,
				    small.frames + 1000,
				    FAKE_UNLIMITED};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(to); i++)
		for (unsigned long nth = 1; ceiling_moves(nth, to[i]); nth++)
			;
}

/* ---- backing off ---- */

static void a_host_that_is_short_is_asked_again_after_pauses_that_double(void **state)
{
	uint64_t pause = 1000000;

	(void)state;
	start_on(&small);
	fake_set_faults(&(struct fake_faults){.host_has_limit = true});
	for (unsigned int i = 0; i < 15; i++) {
		unsigned long calls;

		assert_int_equal(grow_by(1), -EAGAIN);
		calls = fake_events().calls;
		fake_wait(pause - 1);
		assert_int_equal(grow_by(1), -EAGAIN);
		assert_int_equal(fake_events().calls, calls);
		fake_wait(1);
		pause = MIN(2 * pause, 1000000000ULL);
	}
	assert_grows_to(small.ceiling, 0);
	fake_check();
}

static void while_backing_off_an_allocation_makes_no_hypercall(void **state)
{
	unsigned long calls;

	(void)state;
	start_on(&small);
	fake_set_faults(&(struct fake_faults){.host_has_limit = true});
	take_all();
	calls = fake_events().calls;
	for (unsigned int i = 0; i < 10000; i++)
		assert_null(fake_take(i % 12, PAGE_FIXED));
	assert_int_equal(fake_events().calls, calls);
	fake_check();
}

/* ---- a host that gives frames and cannot map them ---- */

static void every_extent_is_lost(void)
{
	start_on(&small);
	fake_set_faults(&(struct fake_faults){.extent = {1, ~0UL}, .inside = true});
	assert_int_equal(grow_by(8 * MIB), -EAGAIN);
	assert_int_equal(lost_frames(), BLOCK_FRAMES);
}

static void a_host_that_loses_frames_gets_a_frame_after_pauses_that_double(void **state)
{
	uint64_t pause = 1000000000;

	(void)state;
	every_extent_is_lost();
	for (unsigned int i = 1; i <= 12; i++) {
		unsigned long calls = fake_events().calls;

		fake_wait(pause - 1);
		assert_int_equal(grow_by(1), -EAGAIN);
		assert_int_equal(fake_events().calls, calls);
		fake_wait(1);
		assert_int_equal(grow_by(8 * MIB), -EAGAIN);
		assert_int_equal(lost_frames(), BLOCK_FRAMES + i);
		pause = MIN(2 * pause, 1024000000000ULL);
	}
	fake_wait(pause);
	assert_grows_to(small.ceiling, BLOCK_FRAMES + 12);
	fake_check_losing(BLOCK_FRAMES + 12);
}

/* Memory that came well ends what was held against the host, and not the first frames of it. */
static void after_growth_went_well_the_pauses_begin_again(void **state)
{
	unsigned long lost, calls;

	(void)state;
	every_extent_is_lost();
	for (unsigned int i = 0; i < 4; i++) {
		fake_wait(1024000000000ULL);
		assert_int_equal(grow_by(8 * MIB), -EAGAIN);
	}
	lost = lost_frames();
	fake_no_faults();
	fake_wait(1024000000000ULL);
	assert_int_equal(grow_by(16 * MIB), 0);
	fake_set_faults(&(struct fake_faults){.extent = {1, ~0UL}, .inside = true});
	assert_int_equal(grow_by(8 * MIB), -EAGAIN);
	assert_int_equal(lost_frames(), lost + BLOCK_FRAMES);
	calls = fake_events().calls;
	fake_wait(999999999);
	assert_int_equal(grow_by(1), -EAGAIN);
	assert_int_equal(fake_events().calls, calls);
	fake_wait(1);
	fake_no_faults();
	assert_int_equal(grow_by(1), 0);
}

static void what_is_given_back_ends_the_pause(void **state)
{
	unsigned long shrunk;

	(void)state;
	every_extent_is_lost();
	fake_no_faults();
	assert_int_equal(grow_by(1), -EAGAIN);
	assert_int_equal(balloon_shrink(600, &shrunk), 0);
	assert_int_equal(shrunk, 600);
	assert_int_equal(grow_by(5000), 0);
	assert_int_equal(present(), small.frames + 5000 - 600);
	fake_check_losing(BLOCK_FRAMES);
}

static void another_host_is_asked_at_once(void **state)
{
	(void)state;
	every_extent_is_lost();
	fake_no_faults();
	assert_int_equal(grow_by(1), -EAGAIN);
	assert_int_equal(balloon_resume(), 0);
	assert_int_equal(grow_by(5000), 0);
	fake_check_losing(BLOCK_FRAMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_ceiling_a_failure_costs_one_hypercall),
		cmocka_unit_test(what_is_lost_is_no_room),
		cmocka_unit_test(a_ceiling_that_is_raised_is_seen_at_once),
		cmocka_unit_test(a_ceiling_below_what_we_have_changes_nothing),
		cmocka_unit_test(the_ceiling_may_move_at_any_hypercall),
		cmocka_unit_test(a_host_that_is_short_is_asked_again_after_pauses_that_double),
		cmocka_unit_test(while_backing_off_an_allocation_makes_no_hypercall),
		cmocka_unit_test(a_host_that_loses_frames_gets_a_frame_after_pauses_that_double),
		cmocka_unit_test(after_growth_went_well_the_pauses_begin_again),
		cmocka_unit_test(what_is_given_back_ends_the_pause),
		cmocka_unit_test(another_host_is_asked_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
