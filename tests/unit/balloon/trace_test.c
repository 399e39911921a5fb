/* SPDX-License-Identifier: MIT */
/* The ring of the balloon's last events. */
#include <asm/linux.h>
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "balloon/trace.h"

static struct balloon_event nth(unsigned int n)
{
	struct balloon_event event;

	assert_true(balloon_event_get(n, &event));
	return event;
}

/* The ring cannot be emptied: this comes first. */
static void at_first_there_is_nothing(void **state)
{
	struct balloon_event event;

	(void)state;
	assert_false(balloon_event_get(0, &event));
}

static void events_come_newest_first(void **state)
{
	(void)state;
	linux_stop_clock(100);
	balloon_trace(NULL, BALLOON_GREW, 1, 0);
	linux_stop_clock(200);
	balloon_trace(NULL, BALLOON_SHRANK, 2, -EAGAIN);
	assert_int_equal(nth(0).kind, BALLOON_SHRANK);
	assert_int_equal(nth(0).frames, 2);
	assert_int_equal(nth(0).err, -EAGAIN);
	assert_int_equal(nth(0).time, 200);
	assert_int_equal(nth(1).kind, BALLOON_GREW);
	assert_int_equal(nth(1).time, 100);
	assert_int_equal(nth(1).times, 1);
}

static void what_happens_again_is_counted_and_takes_no_room(void **state)
{
	(void)state;
	balloon_trace(NULL, BALLOON_GREW, 7, 0);
	for (int i = 0; i < 1000; i++)
		balloon_trace(NULL, BALLOON_SHORTAGE, 0, -ENOSPC);
	linux_stop_clock(300);
	balloon_trace(NULL, BALLOON_SHORTAGE, 0, -ENOSPC);
	assert_int_equal(nth(0).times, 1001);
	assert_int_equal(nth(0).time, 300);
	assert_int_equal(nth(1).frames, 7);
	balloon_trace(NULL, BALLOON_SHORTAGE, 1, -ENOSPC);
	balloon_trace(NULL, BALLOON_SHORTAGE, 1, 0);
	balloon_trace(NULL, BALLOON_CANCELLED, 1, 0);
	assert_int_equal(nth(3).times, 1001);
}

static void what_happens_to_another_is_another_event(void **state)
{
	(void)state;
	balloon_trace(NULL, BALLOON_TARGET, 3, 0);
	balloon_trace("one", BALLOON_TARGET, 3, 0);
	balloon_trace("two", BALLOON_TARGET, 3, 0);
	balloon_trace("two", BALLOON_TARGET, 3, 0);
	assert_int_equal(nth(0).times, 2);
	assert_string_equal(nth(0).backend, "two");
	assert_string_equal(nth(1).backend, "one");
	assert_null(nth(2).backend);
}

/* People read it. */
static void each_kind_has_a_name(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_BALLOON_EVENTS; kind++) {
		const char *name = balloon_event_name((enum balloon_event_kind)kind);

		assert_non_null(name);
		assert_true(strlen(name) > 3);
	}
}

static void the_oldest_are_forgotten(void **state)
{
	struct balloon_event event;

	(void)state;
	for (unsigned int i = 0; i < 3 * BALLOON_EVENTS_MAX; i++)
		balloon_trace(NULL, BALLOON_TARGET, i, 0);
	for (unsigned int i = 0; i < BALLOON_EVENTS_MAX; i++)
		assert_int_equal(nth(i).frames, 3 * BALLOON_EVENTS_MAX - 1 - i);
	assert_false(balloon_event_get(BALLOON_EVENTS_MAX, &event));
	assert_false(balloon_event_get(~0U, &event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_there_is_nothing),
		cmocka_unit_test(events_come_newest_first),
		cmocka_unit_test(what_happens_again_is_counted_and_takes_no_room),
		cmocka_unit_test(what_happens_to_another_is_another_event),
		cmocka_unit_test(each_kind_has_a_name),
		cmocka_unit_test(the_oldest_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
