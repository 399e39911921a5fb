/* SPDX-License-Identifier: MIT */
/* Statistics and reports of the virtio balloon, with an honest device. */
#include "virtio.h"

#define FRAMES (64 * MIB)
#define MODERN FAKE_F_VERSION_1

static void statistics_come_whenever_they_are_asked_for(void **state)
{
	struct mm_stats mem;

	(void)state;
	boot_with(FRAMES, MODERN | FAKE_F_STATS);
	fake->queue_max[FAKE_STATS] = 1;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_int_equal(fake_balloon.nr_stats, 1);
	/* Longer than any index of a queue. */
	for (unsigned int i = 2; i < 70000; i++) {
		if (i == 1000)
			assert_non_null(page_alloc(3, PAGE_FIXED));
		fake_balloon_ask_stats(fake);
		take_interrupt();
		assert_int_equal(fake_balloon.nr_stats, i);
	}
	mm_stats_get(&mem);
	assert_int_equal(fake_balloon.stat[4], mem.free * PAGE_SIZE);
	assert_int_equal(fake_balloon.stat[5], FRAMES * PAGE_SIZE);
	assert_said_nothing();
}

static void reports_are_of_ranges_of_blocks(void **state)
{
	const unsigned int *size = *state;
	pfn_t block[7];

	boot_with(FRAMES, MODERN | FAKE_F_REPORTING);
	fake->queue_max[fake_balloon_queue(fake->offered, FAKE_REPORTING)] = *size;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	fake->pace = 3;
	assert_int_equal(balloon_report_blocks(NULL, block, 0), 0);
	take_blocks(block, ARRAY_SIZE(block));
	for (unsigned int round = 1; round <= 300; round++) {
		assert_int_equal(balloon_report_blocks(NULL, block, ARRAY_SIZE(block)), 0);
		assert_int_equal(fake_balloon.reported, round * ARRAY_SIZE(block) * BLOCK_FRAMES);
	}
	assert_said_nothing();
}

static void without_a_reporting_queue_nothing_is_reported(void **state)
{
	pfn_t block = PFN(1 << 9);

	(void)state;
	start_with(FRAMES, MODERN | FAKE_F_STATS);
	assert_int_equal(balloon_report_blocks(NULL, &block, 1), -ENODEV);
}

int main(void)
{
	static const unsigned int queues[] = {1, 2, 128};

	TEST_ONE(statistics_come_whenever_they_are_asked_for);
	TEST_ALL(reports_are_of_ranges_of_blocks, queues);
	TEST_ONE(without_a_reporting_queue_nothing_is_reported);
	return virtio_run_all();
}
