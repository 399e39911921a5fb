/* SPDX-License-Identifier: MIT */
/*
 * What a guest test needs: CHECK for each promise, and guest_test_done() for the verdict. One
 * source a test, so what is here is static.
 */
#ifndef GUEST_TEST_H
#define GUEST_TEST_H

#include <aerostat/app.h>

#define GUEST_TEST_LINES_MAX 20U

static unsigned int guest_test_failures;

/* CHECK(free == before, "%lu frames are gone", before - free) */
#define CHECK(cond, fmt, ...)                                                             \
	do {                                                                              \
		if (!(cond) && guest_test_failures++ < GUEST_TEST_LINES_MAX)              \
			printk("%s:%d: not so: %s: " fmt "\n", __FILE__, __LINE__, #cond, \
			       ##__VA_ARGS__);                                            \
	} while (0)

/* Frames that somebody has: neither free nor in the reserve, which refills as it likes. */
static inline unsigned long guest_test_used(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.present - stats.free - stats.reserve;
}

/* `return guest_test_done();` */
static inline int guest_test_done(void)
{
	if (guest_test_failures)
		printk("FAIL %u\n", guest_test_failures);
	else
		printk("PASS\n");
	return guest_test_failures ? 1 : 0;
}

#endif
