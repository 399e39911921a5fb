/* SPDX-License-Identifier: MIT */
/*
 * The balloon of a translated guest over a Xen that stops anywhere: populate between extents, with
 * the frames of one lost or not, and decrease between frames, even inside an extent. Numbers that
 * have something behind them are never populated again.
 */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <balloon/balloon.h>
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <xen/memory.h>
#include <cmocka.h>

#include "balloon/control.h"
#include "drivers/xen/xen.h"
#include "tests/unit/memory.h"
#include "tests/unit/said.h"

#define MIB	   256UL /* in frames */
#define START	   (16 * MIB)
#define CEILING	   (32 * MIB)
#define ONLY_XENS  7UL /* frames that only Xen counts: special pages */
#define NO_LIMIT   (~0UL)
#define LONG_PAUSE 2000000000ULL /* ns: longer than the pauses here */

static struct {
	bool populated[CEILING + BLOCK_FRAMES];
	unsigned long count, ceiling;
	unsigned long extents; /* so many more are populated, */
	bool loses;	       /* and the next one's frames come, and nobody can reach them */
	unsigned long frames;  /* so many more are released */
	uint64_t now;
} xen;

bool xen_is_present(void)
{
	return true;
}

static bool populate(unsigned long first, unsigned long nr)
{
	if (xen.count + nr > xen.ceiling || (!xen.extents && !xen.loses))
		return false;
	xen.count += nr;
	if (!xen.extents)
		return false;
	xen.extents--;
	for (unsigned long i = first; i < first + nr; i++) {
		if (i >= CEILING + BLOCK_FRAMES || xen.populated[i])
			fail_msg("frame %lu is populated over another", i);
		xen.populated[i] = true;
	}
	return true;
}

static bool release(unsigned long first, unsigned long nr)
{
	for (unsigned long i = first; i < first + nr; i++) {
		if (!xen.frames || !xen.populated[i])
			return false;
		xen.frames--;
		xen.populated[i] = false;
		xen.count--;
	}
	return true;
}

static long change(unsigned int cmd, const struct xen_memory_reservation *arg)
{
	const xen_pfn_t *extent = arg->extent_start.p;
	unsigned long done = 0, size = 1UL << arg->extent_order;

	assert_int_equal(arg->domid, DOMID_SELF);
	while (done < arg->nr_extents &&
	       (cmd == XENMEM_populate_physmap ? populate(extent[done], size)
					       : release(extent[done], size)))
		done++;
	return (long)done;
}

long xen_memory_op(unsigned int cmd, void *arg)
{
	switch (cmd) {
	case XENMEM_populate_physmap:
	case XENMEM_decrease_reservation:
		return change(cmd, arg);
	case XENMEM_current_reservation:
		return (long)xen.count;
	case XENMEM_maximum_reservation:
		return (long)xen.ceiling;
	default:
		fail_msg("memory operation %u", cmd);
		return -1;
	}
}

static void without_faults(void)
{
	xen.extents = xen.frames = NO_LIMIT;
	xen.loses = false;
}

static void start(void)
{
	said_start();
	memory_start(START);
	balloon = (struct balloon_engine){0};
	memset(&xen, 0, sizeof(xen));
	for (unsigned long i = 0; i < START; i++)
		xen.populated[i] = true;
	xen.count = START + ONLY_XENS;
	xen.ceiling = CEILING + ONLY_XENS;
	without_faults();
	linux_stop_clock(0);
	assert_int_equal(xen_balloon_init(), 0);
}

/* Frames that Xen counts as ours and nobody can reach; all others are where both say they are. */
static unsigned long lost(void)
{
	struct balloon_stats stats;
	unsigned long end = kernel_mm.db.nr_blocks * BLOCK_FRAMES;

	assert_int_equal(balloon_refresh(), 0);
	balloon_stats_get(&stats);
	assert_int_equal(stats.host, stats.present + ONLY_XENS + stats.lost);
	assert_null(pagedb_check(&kernel_mm.db));
	for (unsigned long i = 0; i < CEILING + BLOCK_FRAMES; i++)
		if (xen.populated[i] != (i < end && pagedb_is_present(&kernel_mm.db, PFN(i))))
			fail_msg("frame %lu: populated %d", i, xen.populated[i]);
	return stats.lost;
}

/* All that the host allows comes, and is lost at most once. */
static void assert_grows_to_ceiling(unsigned long gone)
{
	unsigned long grown;

	without_faults();
	xen.now += LONG_PAUSE;
	linux_stop_clock(xen.now);
	balloon_grow(CEILING, &grown);
	assert_int_equal(pagedb_nr_present(&kernel_mm.db) + gone, CEILING);
	assert_int_equal(lost(), gone);
}

static void a_release_may_stop_at_any_frame(void **state)
{
	static const unsigned long stop[] = {0, 1, 2, 300, 511, 512, 513, 1023, 1024, 1535, 1536};
	static const unsigned long wanted[] = {3 * BLOCK_FRAMES, 511, 700};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(stop); i++)
		for (unsigned int j = 0; j < ARRAY_SIZE(wanted); j++) {
			unsigned long shrunk;

			start();
			xen.frames = stop[i];
			balloon_shrink(wanted[j], &shrunk);
			assert_int_equal(shrunk, MIN(stop[i], wanted[j]));
			assert_int_equal(pagedb_nr_present(&kernel_mm.db), START - shrunk);
			assert_int_equal(lost(), 0);
			assert_grows_to_ceiling(0);
		}
}

static void grow_and_stop(unsigned long frames, unsigned long extents, bool loses)
{
	unsigned long grown;

	start();
	xen.extents = extents;
	xen.loses = loses;
	balloon_grow(frames, &grown);
	assert_int_equal(pagedb_nr_present(&kernel_mm.db), START + grown);
}

static void a_populate_may_stop_at_any_extent(void **state)
{
	(void)state;
	for (unsigned long extents = 0; extents < 8; extents++) {
		grow_and_stop(8 * BLOCK_FRAMES, extents, false);
		assert_int_equal(lost(), 0);
		assert_grows_to_ceiling(0);
		grow_and_stop(300, 37 * extents, false);
		assert_int_equal(lost(), 0);
		assert_grows_to_ceiling(0);
	}
}

static void an_extent_where_it_stops_may_be_lost(void **state)
{
	(void)state;
	for (unsigned long extents = 0; extents < 8; extents++) {
		grow_and_stop(8 * BLOCK_FRAMES, extents, true);
		assert_int_equal(lost(), BLOCK_FRAMES);
		assert_grows_to_ceiling(BLOCK_FRAMES);
		grow_and_stop(300, 37 * extents, true);
		assert_int_equal(lost(), 1);
		assert_grows_to_ceiling(1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_may_stop_at_any_frame),
		cmocka_unit_test(a_populate_may_stop_at_any_extent),
		cmocka_unit_test(an_extent_where_it_stops_may_be_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
