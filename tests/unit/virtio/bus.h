/* SPDX-License-Identifier: MIT */
/* For tests of devices that are to be found: a machine with one of them, and what comes of it. */
#ifndef TESTS_UNIT_VIRTIO_BUS_H
#define TESTS_UNIT_VIRTIO_BUS_H

#include <mm/map.h>

#include "tests/fake/virtio/bus.h"
#include "virtio.h"

#define FRAMES	 (64 * MIB)
#define LINE	 5U
#define FEATURES (FAKE_F_VERSION_1 | FAKE_F_STATS | FAKE_F_DEFLATE_ON_OOM)

static inline void boot(enum fake_reach reach)
{
	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	fake_bus_add(fake, reach, LINE);
}

/* The device works, and its interrupts come through. */
static inline void expect_a_working_balloon(unsigned int line)
{
	unsigned long moved;

	assert_true(fake_line_is_open(line));
	assert_int_equal(fake->queue[FAKE_INFLATE].size, FAKE_QUEUE_SIZE);
	assert_int_equal(balloon_shrink(10 * MIB + 3, &moved), 0);
	assert_int_equal(fake_balloon.nr_held, 10 * MIB + 3);
	assert_int_equal(fake_balloon.actual, 10 * MIB + 3);
	fake_balloon_ask_stats(fake);
	virtio_dispatch();
	assert_int_equal(fake_balloon.nr_stats, 2);
	assert_int_equal(fake->interrupts, 0);
	fake_balloon_check(fake);
}

static inline void expect_a_balloon_on(unsigned int line)
{
	virtio_init();
	assert_said_nothing();
	expect_a_working_balloon(line);
	assert_said_nothing();
}

static inline void expect_a_balloon(void)
{
	expect_a_balloon_on(LINE);
}

static inline void expect_none(const char *text)
{
	struct balloon_stats stats;

	virtio_init();
	if (text)
		assert_said_once(text);
	else
		assert_said_nothing();
	balloon_stats_get(&stats);
	assert_null(stats.backend);
	assert_int_equal(map_nr_pages(), 0);
	assert_false(fake->status & STATUS_DRIVER_OK);
}

#endif
