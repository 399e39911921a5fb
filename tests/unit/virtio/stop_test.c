/* SPDX-License-Identifier: MIT */
/*
 * A guest that stands still while a healthy device answers: a stopped VM, whose clock goes on, or a
 * host with no time for it. The device is not given up, at whatever look the stop comes.
 */
#include "mem.h"

#define ALL  (FAKE_F_VERSION_1 | FAKE_F_REPORTING | FAKE_F_DEFLATE_ON_OOM)
#define STOP (3600 * SECOND)

/* The look at the clock at which the guest stops: at once, later, and just before the limit. */
static const unsigned int stops[] = {2, 12, 5000, VIRTIO_ANSWER_NS / FAKE_LOOK_NS - 1,
				     VIRTIO_ANSWER_NS / FAKE_LOOK_NS};
static unsigned int looks_left;

static void stop_once(void)
{
	if (--looks_left)
		return;
	fake_virtio_at_look = NULL;
	fake->pace = 1;
	fake_virtio_wait(STOP);
}

/* From here on the device works only while the guest is stopped, and after. */
static void stop_at(const unsigned int *look)
{
	fake->pace = UINT32_MAX;
	looks_left = *look;
	fake_virtio_at_look = stop_once;
}

static void expect_healthy(void)
{
	assert_null(fake_virtio_at_look);
	assert_false(fake->dev.failed);
	assert_said_nothing();
}

static void frames_that_go_are_acknowledged(void **state)
{
	unsigned long moved;

	start_with(FRAMES, ALL);
	stop_at(*state);
	assert_int_equal(balloon_shrink(10 * MIB, &moved), 0);
	assert_int_equal(moved, 10 * MIB);
	assert_int_equal(fake_balloon.nr_held, 10 * MIB);
	expect_healthy();
	fake_balloon_check(fake);
}

static void frames_that_come_are_acknowledged(void **state)
{
	unsigned long moved;

	start_with(FRAMES, ALL | FAKE_F_MUST_TELL_HOST);
	assert_int_equal(balloon_shrink(10 * MIB, &moved), 0);
	stop_at(*state);
	assert_int_equal(balloon_grow(10 * MIB, &moved), 0);
	assert_int_equal(fake_balloon.nr_held, 0);
	expect_healthy();
	fake_balloon_check(fake);
}

static void reports_are_acknowledged(void **state)
{
	pfn_t block[4];

	start_with(FRAMES, ALL);
	take_blocks(block, ARRAY_SIZE(block));
	stop_at(*state);
	assert_int_equal(balloon_report_blocks(NULL, block, ARRAY_SIZE(block)), 0);
	assert_int_equal(fake_balloon.reported, ARRAY_SIZE(block) * BLOCK_FRAMES);
	expect_healthy();
}

static void requests_of_virtio_mem_are_answered(void **state)
{
	mem_start(2 * MIB_BYTES);
	mem_want(64 * MIB_BYTES);
	stop_at(*state);
	mem_run(2 * STOP);
	expect_healthy();
	mem_expect(64 * MIB_BYTES);
}

/* Stops all the time, where it waits for a host that is busy. */
static void stop_always(void)
{
	fake_virtio_wait(STOP);
}

static void a_host_that_is_busy_is_asked_as_often(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake_mem.config->plugged_size = fake_mem.plugged = 2 * MIB_BYTES;
	fake_mem.is_plugged[3] = true;
	fake_mem_answer(FAKE_BUSY, 0, 8);
	fake_virtio_at_look = stop_always;
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	assert_int_equal(fake_mem.unplug_alls, 1);
	assert_said_nothing();
}

int main(void)
{
	TEST_ALL(frames_that_go_are_acknowledged, stops);
	TEST_ALL(frames_that_come_are_acknowledged, stops);
	TEST_ALL(reports_are_acknowledged, stops);
	TEST_ALL(requests_of_virtio_mem_are_answered, stops);
	TEST_ONE(a_host_that_is_busy_is_asked_as_often);
	return virtio_run_all();
}
