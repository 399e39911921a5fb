/* SPDX-License-Identifier: MIT */
/* For tests that are the balloon's thread: its turns one by one, and time as it would pass. */
#ifndef TESTS_UNIT_XEN_TURNS_H
#define TESTS_UNIT_XEN_TURNS_H

#include <arch/cpu.h>
#include <limits.h>

#include "balloon/control.h"
#include "balloon/policy.h"
#include "balloon/shrink.h"
#include "balloon/target.h"
#include "tests/unit/balloon/turns.h"
#include "tests/unit/random.h"
#include "xen.h"

#define HELD_MAX 65536UL

static const struct fake_setup setup = {
	.machine = 160 * MIB, .frames = 64 * MIB, .ceiling = 96 * MIB, .run = 700};

static void *held[HELD_MAX];
static unsigned long nr_held;

static inline int start(void **state)
{
	(void)state;
	balloon_target_none();
	balloon_floor_set(0);
	start_on(&setup);
	nr_held = 0;
	return 0;
}

/* So much time goes by; the thread sleeps as long as it is told to. */
static inline void work_for(uint64_t ns)
{
	uint64_t end = clock_ns() + ns;

	while (clock_ns() < end)
		fake_wait(MIN(work(), end - clock_ns()));
	work();
}

static inline void hold(unsigned long frames)
{
	while (frames--) {
		assert_true(nr_held < HELD_MAX);
		held[nr_held] = fake_take(0, PAGE_FIXED);
		assert_non_null(held[nr_held++]);
	}
}

static inline void let_go(unsigned long frames)
{
	while (frames--)
		fake_give(held[--nr_held], 0);
}

static inline struct balloon_stats stats(void)
{
	struct balloon_stats stats;

	balloon_stats_get(&stats);
	return stats;
}

static inline unsigned long free_frames(void)
{
	return kernel_mm.pages.nr_free;
}

/* Reached to the frame, in the host's count; everything is as it must be; nothing is left to do. */
static inline void assert_at(unsigned long target)
{
	assert_int_equal(fake_tot_pages(), target);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(balloon_result(), 0);
	fake_check();
}

#endif
