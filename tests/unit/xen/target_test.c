/* SPDX-License-Identifier: MIT */
/* From memory/target to what the balloon is told; and XAPI's dynamic memory control. */
#include <balloon/balloon.h>
#include <lib/addr.h>

#include "store.h"

#define NO_TARGET (~0UL)
#define MIB	  256UL

static unsigned long target; /* what the balloon was told last */
static unsigned int told;
static unsigned long has = 64 * MIB, used; /* what Xen counts, and cannot go below */
static unsigned int drops;
static void (*on_settle)(void);

void balloon_target_set(unsigned long frames)
{
	target = frames;
	told++;
}

void balloon_stats_get(struct balloon_stats *stats)
{
	*stats = (struct balloon_stats){.host = has};
}

int balloon_refresh(void)
{
	return 0;
}

void balloon_drop_over_target(void)
{
	drops++;
}

/* The balloon's thread: down to the target, or to what is in use. */
int balloon_settle(void)
{
	if (drops && has > target)
		has = MAX(target, used);
	if (on_settle)
		on_settle();
	return 0;
}

static int group_setup(void **state)
{
	(void)state;
	said_start();
	assert_int_equal(xenstore_init(), 0);
	store_make_thread();
	xen_target_init();
	return 0;
}

static int setup(void **state)
{
	(void)state;
	store_start();
	fake_store_set("memory/target", "65536");
	fake_store_set("memory/static-max", "524288");
	fake_store_set("memory/videoram", "0");
	store_serve();
	assert_int_equal(target, 64 * MIB);
	target = NO_TARGET;
	told = drops = 0;
	has = 64 * MIB;
	used = 0;
	on_settle = NULL;
	said_start();
	return 0;
}

static void want(const char *text)
{
	store_set("memory/target", text);
	store_serve();
}

static void a_target_is_the_domains_to_the_frame(void **state)
{
	(void)state;
	want("131072");
	assert_int_equal(target, 128 * MIB);
	want("65540");
	assert_int_equal(target, 64 * MIB + 1);
	assert_said_nothing();
}

static void nonsense_is_said_and_changes_nothing(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{"", "empty"},
		{"-1", "negative"},
		{"lots", "not a number"},
		{"18446744073709551616", "out of range"},
		{"111111111111111111111111111111111111111111111111111111", "not a number"},
		{NULL, "missing"},
	};

	(void)state;
	want("131072");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		linux_stop_clock(clock_ns() + 20 * SECOND);
		said_start();
		want(row[i].text);
		assert_said_once(row[i].why);
	}
	assert_int_equal(told, 1);
	assert_int_equal(target, 128 * MIB);
	want("98304");
	assert_int_equal(target, 96 * MIB);
}

static void a_storm_of_nonsense_is_two_lines(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		want(i % 2 ? "garbage" : "");
	assert_int_equal(said_lines, 2);
	assert_int_equal(told, 0);
}

static void of_a_storm_the_last_wins(void **state)
{
	char text[16];

	(void)state;
	for (unsigned long kib = 65536; kib < 70000; kib++) {
		snprintf(text, sizeof(text), "%lu", kib);
		fake_store_set("memory/target", kib % 3 ? text : "nonsense");
		if (kib % 5 == 0)
			want(text);
	}
	want("70000");
	assert_int_equal(target, 70000 / 4);
}

static void a_text_with_a_nul_is_no_number(void **state)
{
	(void)state;
	fake_store_set_bytes("memory/target", "131072\0x", 8);
	store_kicked = true;
	store_serve();
	assert_int_equal(told, 0);
	assert_said_once("not a number");
}

static void a_lost_answer_loses_no_target(void **state)
{
	(void)state;
	fake_store.dropped = 1;
	store_set("memory/target", "131072");
	store_serve_for(60 * SECOND);
	assert_int_equal(target, 128 * MIB);
}

static void what_a_restore_has_room_for_is_not_given_back(void **state)
{
	(void)state;
	has = 65 * MIB;
	assert_int_equal(xen_target_settle(), 0);
	assert_int_equal(drops, 0);
	assert_int_equal(has, 65 * MIB);
	assert_said_nothing();
}

static void what_shortage_brought_beyond_the_target_goes(void **state)
{
	(void)state;
	has = 65 * MIB + 1;
	assert_false(xen_target_fits());
	assert_int_equal(xen_target_settle(), 0);
	assert_int_equal(has, 64 * MIB);
	assert_true(xen_target_fits());
	assert_said_nothing();
}

static void what_is_in_use_refuses_it_in_one_line(void **state)
{
	uint64_t before = clock_ns();

	(void)state;
	has = used = 80 * MIB;
	assert_int_equal(xen_target_settle(), -ENOSPC);
	assert_in_range(clock_ns() - before, 10 * SECOND, 12 * SECOND);
	assert_int_equal(has, 80 * MIB);
	assert_said_once("suspend refused: memory 80M above restore limit 65M");
}

static void raise_target(void)
{
	fake_store_set("memory/target", "81920");
	on_settle = NULL;
}

/* It is read in the store, for its watch is served by the thread that waits. */
static void a_target_that_is_raised_meanwhile_is_enough(void **state)
{
	(void)state;
	has = used = 80 * MIB;
	on_settle = raise_target;
	assert_int_equal(xen_target_settle(), 0);
	assert_int_equal(has, 80 * MIB);
	assert_said_nothing();
}

static void free_some(void)
{
	static unsigned int looks;

	if (++looks == 3)
		used = 10 * MIB;
}

static void what_is_freed_meanwhile_goes(void **state)
{
	(void)state;
	has = used = 80 * MIB;
	on_settle = free_some;
	assert_int_equal(xen_target_settle(), 0);
	assert_int_equal(has, 64 * MIB);
	assert_said_nothing();
}

static void xapi_hears_that_there_is_a_balloon(void **state)
{
	(void)state;
	assert_string_equal(fake_store_get("control/feature-balloon"), "1");
	assert_string_equal(fake_store_get("memory/memory-offset"), "0");
}

static void where_nothing_may_be_written_nothing_is_said(void **state)
{
	(void)state;
	store_start();
	fake_store.readonly = "";
	fake_store_set("memory/target", "65536");
	store_serve();
	assert_null(fake_store_get("control/feature-balloon"));
	assert_null(fake_store_get("memory/memory-offset"));
	assert_said_nothing();
	assert_int_equal(target, 64 * MIB);
}

static void what_the_host_measured_stays(void **state)
{
	(void)state;
	store_start();
	fake_store_set("memory/memory-offset", "72");
	fake_store_set("memory/target", "65536");
	store_serve();
	assert_string_equal(fake_store_get("memory/memory-offset"), "72");
}

static void the_range_of_dynamic_memory_is_said_once(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		store_start();
		fake_store_set("memory/target", "65536");
		fake_store_set("memory/dynamic-min", "32768");
		fake_store_set("memory/dynamic-max", "262144");
		store_serve();
		if (i == 0)
			assert_said_once("dynamic memory range of the host: 32768 to 262144 KiB");
		else
			assert_said_nothing();
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_target_is_the_domains_to_the_frame),
		TEST(nonsense_is_said_and_changes_nothing),
		TEST(a_storm_of_nonsense_is_two_lines),
		TEST(of_a_storm_the_last_wins),
		TEST(a_text_with_a_nul_is_no_number),
		TEST(a_lost_answer_loses_no_target),
		TEST(what_a_restore_has_room_for_is_not_given_back),
		TEST(what_shortage_brought_beyond_the_target_goes),
		TEST(what_is_in_use_refuses_it_in_one_line),
		TEST(a_target_that_is_raised_meanwhile_is_enough),
		TEST(what_is_freed_meanwhile_goes),
		TEST(xapi_hears_that_there_is_a_balloon),
		TEST(where_nothing_may_be_written_nothing_is_said),
		TEST(what_the_host_measured_stays),
		TEST(the_range_of_dynamic_memory_is_said_once),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
