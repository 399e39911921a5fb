/* SPDX-License-Identifier: MIT */
/*
 * Devices that cannot be started: each is refused by one line, left alone, and has nothing of the
 * guest's memory afterwards; another one may be started then.
 */
#include "virtio.h"

#define FRAMES	   (64 * MIB)
#define ALL	   (FAKE_F_VERSION_1 | FAKE_F_STATS | FAKE_F_REPORTING)
#define NR_QUEUES  4U	/* of a device that offers these */
#define MOST_PAGES 64UL /* that a start takes, and some */

static unsigned long free_frames(void)
{
	struct mm_stats mem;

	mm_stats_get(&mem);
	return mem.free;
}

static void expect_refused(int error, const char *text)
{
	unsigned long before = free_frames();

	assert_int_equal(virtio_balloon_attach(&fake->dev), error);
	assert_left_alone(text);
	assert_int_equal(free_frames(), before);
	assert_null(strstr(fake->log, "status=f"));
}

/* Nothing of the last one is left. */
static void expect_another_to_start(void)
{
	unsigned long moved;

	fake = fake_virtio_add(&fake_balloon_model, ALL | FAKE_F_DEFLATE_ON_OOM);
	said_start();
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_int_equal(balloon_shrink(10 * MIB, &moved), 0);
	fake_balloon_check(fake);
	assert_int_equal(balloon_grow(10 * MIB, &moved), 0);
	fake_balloon_check(fake);
	assert_said_nothing();
}

static void one_that_does_not_reset_is_refused(void **state)
{
	(void)state;
	boot_with(FRAMES, ALL);
	fake->status = 15;
	fake->resets_left = 0;
	expect_refused(-EIO, "reset failed");
	assert_true(fake->dev.runs_on);
	expect_another_to_start();
}

static void one_that_refuses_what_it_offers_is_refused(void **state)
{
	(void)state;
	boot_with(FRAMES, ALL);
	fake->refuses_features = true;
	expect_refused(-EIO, "offered features refused");
	expect_another_to_start();
}

/* As QEMU's iommu_platform=on. */
static void one_behind_a_platform_of_its_own_works(void **state)
{
	(void)state;
	boot_with(FRAMES, ALL | FAKE_F_PLATFORM | FAKE_F_DEFLATE_ON_OOM);
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_int_equal(fake->accepted, ALL | FAKE_F_PLATFORM | FAKE_F_DEFLATE_ON_OOM);
	assert_int_equal(fake->status, 15);
	assert_said_nothing();
}

static void a_modern_one_that_says_it_is_not_is_refused(void **state)
{
	(void)state;
	boot_with(FRAMES, FAKE_F_STATS);
	expect_refused(-EIO, "VIRTIO_F_VERSION_1 not offered");
	expect_another_to_start();
}

static void one_without_its_queues_is_refused(void **state)
{
	const unsigned int *queue = *state;

	boot_with(FRAMES, ALL);
	fake->queue_max[*queue] = 0;
	expect_refused(-ENODEV, "missing queue");
	expect_another_to_start();
}

static void one_whose_queues_cannot_be_set_is_refused(void **state)
{
	(void)state;
	boot_with(FRAMES, ALL);
	fake->refuses_queues = true;
	expect_refused(-ENODEV, "missing queue");
	expect_another_to_start();
}

/* Whose sizes nobody tells it; a ring has a power of two. */
static void a_legacy_one_of_an_odd_size_is_refused(void **state)
{
	const unsigned int *size = *state;

	boot_with(FRAMES, ALL & ~FAKE_F_VERSION_1);
	fake->by.legacy = fake->by.fixed_size = true;
	fake->queue_max[FAKE_DEFLATE] = *size;
	expect_refused(-ENODEV, "missing queue");
	expect_another_to_start();
}

/* It may still write into them. */
static void queues_of_one_that_runs_on_are_never_used_again(void **state)
{
	unsigned long before;

	(void)state;
	boot_with(FRAMES, ALL);
	fake->queue_max[NR_QUEUES - 1] = 0;
	fake->resets_left = 1;
	before = free_frames();
	assert_int_equal(virtio_balloon_attach(&fake->dev), -ENODEV);
	assert_said_once("missing queue");
	assert_true(fake->dev.runs_on && fake->queue[FAKE_INFLATE].enabled);
	/* Three queues of two pages, two lists of 16, and the statistics. */
	assert_int_equal(before - free_frames(), 3 * 2 + 2 * 16 + 1);
	expect_another_to_start();
}

/* However many pages are free, from none to enough: all of them are free again. */
static void without_memory_the_start_is_undone(void **state)
{
	unsigned long left = 0;

	(void)state;
	for (;; left++) {
		assert_true(left < MOST_PAGES);
		boot_with(FRAMES, ALL);
		memory_take_all_but(left);
		if (virtio_balloon_attach(&fake->dev) == 0)
			break;
		assert_left_alone("out of memory for its queues");
		assert_int_equal(free_frames(), left);
	}
	assert_said_nothing();
	assert_true(left >= NR_QUEUES * 2 + 2 * 16 + 1);
}

int main(void)
{
	static const unsigned int queue[NR_QUEUES] = {0, 1, 2, 3};
	static const unsigned int size[] = {3, 100, 255, 512, 65535, UINT32_MAX};

	TEST_ONE(one_that_does_not_reset_is_refused);
	TEST_ONE(one_that_refuses_what_it_offers_is_refused);
	TEST_ONE(one_behind_a_platform_of_its_own_works);
	TEST_ONE(a_modern_one_that_says_it_is_not_is_refused);
	TEST_ALL(one_without_its_queues_is_refused, queue);
	TEST_ONE(one_whose_queues_cannot_be_set_is_refused);
	TEST_ALL(a_legacy_one_of_an_odd_size_is_refused, size);
	TEST_ONE(queues_of_one_that_runs_on_are_never_used_again);
	TEST_ONE(without_memory_the_start_is_undone);
	return virtio_run_all();
}
