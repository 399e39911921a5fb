/* SPDX-License-Identifier: MIT */
/* The virtio balloon's driver with an honest device: what it chooses, and what goes where when. */
#include <arch/cpu.h>

#include "balloon/control.h"
#include "virtio.h"

#define FRAMES (64 * MIB)
#define MODERN FAKE_F_VERSION_1
#define NEVER  1000000000U /* a pace at which the device does nothing but when it is run */

static void the_device_is_started_in_the_standards_order(void **state)
{
	(void)state;
	start_with(FRAMES, MODERN);
	assert_string_equal(fake->log,
			    "reset status=1 status=3 features0=0 features1=1 status=b queue0 "
			    "queue1 status=f config4=0");
}

static void a_legacy_device_is_not_asked_for_features_ok(void **state)
{
	(void)state;
	boot_with(FRAMES, FAKE_F_STATS);
	fake->by.legacy = true;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_string_equal(fake->log, "reset status=1 status=3 features0=2 queue0 queue1 queue2 "
				       "status=7 config4=0");
}

static void what_is_not_wanted_is_never_accepted(void **state)
{
	(void)state;
	start_with(FRAMES, UINT64_MAX);
	assert_int_equal(fake->accepted, MODERN | FAKE_F_PLATFORM | FAKE_F_MUST_TELL_HOST |
						 FAKE_F_STATS | FAKE_F_DEFLATE_ON_OOM |
						 FAKE_F_REPORTING);
}

/* By what the device offers, accepted or not. */
static const struct numbering {
	uint64_t offered;
	const char *queues;
} numberings[] = {
	{FAKE_F_STATS, " queue0 queue1 queue2 status=f"},
	{FAKE_F_HINT, " queue0 queue1 status=f"},
	{FAKE_F_REPORTING, " queue0 queue1 queue2 status=f"},
	{FAKE_F_STATS | FAKE_F_REPORTING, " queue0 queue1 queue2 queue3 status=f"},
	{FAKE_F_HINT | FAKE_F_REPORTING, " queue0 queue1 queue3 status=f"},
	{FAKE_F_STATS | FAKE_F_HINT, " queue0 queue1 queue2 status=f"},
	{FAKE_F_STATS | FAKE_F_HINT | FAKE_F_REPORTING, " queue0 queue1 queue2 queue4 status=f"},
};

static void queues_have_the_devices_numbers(void **state)
{
	const struct numbering *numbering = *state;

	start_with(FRAMES, MODERN | numbering->offered);
	if (!strstr(fake->log, numbering->queues))
		fail_msg("not '%s' in '%s'", numbering->queues, fake->log);
}

/* Entries of a queue that are offered, and taken. */
static const struct size {
	unsigned int offered, taken;
} sizes[] = {{1, 1}, {2, 2}, {63, 32}, {64, 64}, {255, 128}, {32768, VIRTQ_SIZE_MAX}};

static void go_and_come_back(unsigned long frames)
{
	unsigned long moved;

	assert_int_equal(balloon_shrink(frames, &moved), 0);
	assert_int_equal(moved, frames);
	assert_int_equal(present(), FRAMES - frames);
	assert_int_equal(fake_balloon.nr_held, frames);
	assert_int_equal(fake_balloon.actual, frames);
	fake_balloon_check(fake);
	assert_int_equal(balloon_grow(frames, &moved), 0);
	assert_int_equal(moved, frames);
	fake_balloon_check(fake);
	assert_int_equal(fake_balloon.nr_held, 0);
	assert_int_equal(fake_balloon.actual, 0);
	assert_int_equal(present(), FRAMES);
}

static void a_queue_of_any_size_moves_all_frames(void **state)
{
	const struct size *size = *state;

	boot_with(FRAMES, MODERN | FAKE_F_DEFLATE_ON_OOM);
	fake->queue_max[FAKE_INFLATE] = fake->queue_max[FAKE_DEFLATE] = size->offered;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_int_equal(fake->queue[FAKE_INFLATE].size, size->taken);
	go_and_come_back(20 * MIB + 3);
	assert_said_nothing();
}

static void a_device_of_any_pace_moves_all_frames(void **state)
{
	const unsigned int *pace = *state;

	start_with(FRAMES, MODERN | FAKE_F_DEFLATE_ON_OOM | FAKE_F_MUST_TELL_HOST);
	fake->pace = *pace;
	fake->wants_no_notice = true;
	go_and_come_back(20 * MIB + 3);
	assert_said_nothing();
}

/* What the fake checks: none of them is mapped when it hears of them. */
static void a_device_that_must_be_told_is_told_before_frames_are_used(void **state)
{
	unsigned long moved;

	(void)state;
	start_with(FRAMES, MODERN | FAKE_F_DEFLATE_ON_OOM | FAKE_F_MUST_TELL_HOST);
	assert_int_equal(balloon_shrink(10 * MIB, &moved), 0);
	fake->pace = 50;
	assert_int_equal(balloon_grow(10 * MIB, &moved), 0);
	assert_int_equal(fake_balloon.deflated, 10 * MIB);
	fake_balloon_check(fake);
}

static void any_other_is_told_when_it_has_time(void **state)
{
	unsigned long moved;

	(void)state;
	start_with(FRAMES, MODERN | FAKE_F_DEFLATE_ON_OOM);
	assert_int_equal(balloon_shrink(10 * MIB, &moved), 0);
	fake->pace = NEVER;
	assert_int_equal(balloon_grow(10 * MIB, &moved), 0);
	assert_int_equal(present(), FRAMES);
	assert_int_equal(fake_balloon.deflated, 0);
	fake_balloon_check(fake);
	assert_int_equal(fake_balloon.deflated, 10 * MIB);
}

/* And a frame that it does not know yet to be ours is not given once more. */
static void what_it_was_not_told_yet_comes_first(void **state)
{
	unsigned long moved;

	(void)state;
	start_with(FRAMES, MODERN | FAKE_F_DEFLATE_ON_OOM);
	assert_int_equal(balloon_shrink(40 * MIB, &moved), 0);
	fake->pace = NEVER;
	assert_int_equal(balloon_grow(40 * MIB, &moved), 0);
	fake->pace = 20;
	assert_int_equal(balloon_shrink(40 * MIB, &moved), 0);
	assert_int_equal(fake_balloon.nr_held, 40 * MIB);
	fake_balloon_check(fake);
}

static void turns_until_rest(void)
{
	while (!balloon_work_step())
		;
}

static void the_hosts_wish_is_followed(void **state)
{
	(void)state;
	boot_with(FRAMES, MODERN);
	fake_balloon_want(fake, 10 * MIB + 1);
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	turns_until_rest();
	assert_int_equal(fake_balloon.actual, 10 * MIB + 1);
	fake_balloon_want(fake, 20 * MIB);
	take_interrupt();
	turns_until_rest();
	assert_int_equal(fake_balloon.actual, 20 * MIB);
	fake_balloon_want(fake, 0);
	take_interrupt();
	turns_until_rest();
	assert_int_equal(fake_balloon.actual, 0);
	fake_balloon_check(fake);
	assert_said_nothing();
}

static void an_empty_balloon_that_nobody_wants_larger_is_no_target(void **state)
{
	struct balloon_stats stats;

	(void)state;
	start_with(FRAMES, MODERN);
	balloon_stats_get(&stats);
	assert_int_equal(stats.target, BALLOON_NO_TARGET);
}

static void more_than_all_memory_may_be_wanted(void **state)
{
	(void)state;
	start_with(FRAMES, MODERN);
	balloon_floor_set(FRAMES / 2);
	fake_balloon_want(fake, UINT32_MAX);
	take_interrupt();
	turns_until_rest();
	assert_int_equal(fake_balloon.actual, FRAMES / 2);
	fake_balloon_check(fake);
}

/* The host empties it, unless it says that we may. */
static void the_balloon_is_the_hosts_to_empty(void **state)
{
	unsigned long moved;

	(void)state;
	start_with(FRAMES, MODERN);
	fake_balloon_want(fake, 10 * MIB);
	take_interrupt();
	turns_until_rest();
	assert_int_equal(balloon_grow(1, &moved), -ENOSPC);
	assert_int_equal(fake_balloon.nr_held, 10 * MIB);
}

static void a_second_balloon_is_left_alone(void **state)
{
	struct fake_virtio *second;

	(void)state;
	start_with(FRAMES, MODERN);
	second = fake_virtio_add(&fake_balloon_model, MODERN);
	assert_int_equal(virtio_balloon_attach(&second->dev), -EBUSY);
	assert_said_once("fake device 1: second balloon device: disabled");
	assert_string_equal(second->log, "");
}

int main(void)
{
	static const unsigned int paces[] = {1, 2, 7, 100};

	TEST_ONE(the_device_is_started_in_the_standards_order);
	TEST_ONE(a_legacy_device_is_not_asked_for_features_ok);
	TEST_ONE(what_is_not_wanted_is_never_accepted);
	TEST_ALL(queues_have_the_devices_numbers, numberings);
	TEST_ALL(a_queue_of_any_size_moves_all_frames, sizes);
	TEST_ALL(a_device_of_any_pace_moves_all_frames, paces);
	TEST_ONE(a_device_that_must_be_told_is_told_before_frames_are_used);
	TEST_ONE(any_other_is_told_when_it_has_time);
	TEST_ONE(what_it_was_not_told_yet_comes_first);
	TEST_ONE(the_hosts_wish_is_followed);
	TEST_ONE(an_empty_balloon_that_nobody_wants_larger_is_no_target);
	TEST_ONE(more_than_all_memory_may_be_wanted);
	TEST_ONE(the_balloon_is_the_hosts_to_empty);
	TEST_ONE(a_second_balloon_is_left_alone);
	return virtio_run_all();
}
