/* SPDX-License-Identifier: MIT */
/* What the tests on the fake Xen share. */
#ifndef TESTS_UNIT_XEN_H
#define TESTS_UNIT_XEN_H

#include <balloon/balloon.h>
#include <lib/errno.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <mm/reserve.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/fake/fake.h"
#include "tests/unit/said.h"

#define MIB	   256UL	 /* in frames */
#define LONG_PAUSE 2000000000ULL /* ns: longer than any back-off */

static inline unsigned long present(void)
{
	return pagedb_nr_present(&kernel_mm.db);
}

/* Begins a test: the fake's machine, and nothing on the console but what is counted. */
static inline void start_on(const struct fake_setup *setup)
{
	said_start();
	fake_start(setup);
	said_start();
}

/* Grows; what is said to have come is what came, and an error is one of those that are promised. */
static inline int grow_by(unsigned long frames)
{
	unsigned long grown, before = present();
	int err = balloon_grow(frames, &grown);

	assert_int_equal(present(), before + grown);
	assert_true(err == 0 ? grown > 0 : grown == 0);
	if (err && err != -ENOSPC && err != -EAGAIN && err != -EIO && err != -ENOMEM)
		fail_msg("balloon_grow answered %d", err);
	return err;
}

/* No fault any more, and time has passed: all comes that the host allows and did not lose. */
static inline void assert_grows_to(unsigned long ceiling, unsigned long lost)
{
	fake_no_faults();
	fake_set_ceiling(ceiling);
	for (unsigned int i = 0; i < 4 && present() + lost < ceiling; i++) {
		fake_wait(LONG_PAUSE);
		grow_by(ceiling);
	}
	assert_int_equal(present() + lost, ceiling);
}

/* The test takes frames until there is none. */
static inline void take_all(void)
{
	while (fake_take(0, PAGE_FIXED))
		;
}

/* What the host counts as ours beyond what is there; the guest knows it. */
static inline unsigned long lost_frames(void)
{
	struct balloon_stats stats;

	assert_int_equal(balloon_refresh(), 0);
	balloon_stats_get(&stats);
	assert_int_equal(stats.lost, fake_tot_pages() - present());
	return stats.lost;
}

#endif
