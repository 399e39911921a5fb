/* SPDX-License-Identifier: MIT */
/* The xenstore client against an honest server, a slow and a dead one. */
#include "store_watcher.h"

/* ---- an honest server ---- */

static void what_is_written_is_read(void **state)
{
	char value[16];

	(void)state;
	assert_int_equal(write_text("a/b", "value"), 0);
	assert_string_equal(fake_store_get("a/b"), "value");
	assert_int_equal(read_text("a/b", value, sizeof(value)), 0);
	assert_string_equal(value, "value");
	assert_int_equal(write_text("a/b", ""), 0);
	assert_int_equal(read_text("a/b", value, sizeof(value)), 0);
	assert_string_equal(value, "");
	assert_said_nothing();
}

static void errors_come_by_name(void **state)
{
	char value[16];

	(void)state;
	fake_store.readonly = "control/";
	assert_int_equal(read_text("nothing", value, sizeof(value)), -ENOENT);
	assert_int_equal(write_text("control/feature-balloon", "1"), -EACCES);
	assert_said_nothing();
}

static void a_value_must_be_a_text_that_fits(void **state)
{
	char value[8];

	(void)state;
	fake_store_set("seven", "1234567");
	fake_store_set("eight", "12345678");
	fake_store_set_bytes("nul", "12\0", 3);
	assert_int_equal(read_text("seven", value, sizeof(value)), 0);
	assert_int_equal(read_text("eight", value, sizeof(value)), -EOVERFLOW);
	assert_int_equal(read_text("nul", value, sizeof(value)), -EINVAL);
	assert_works();
}

static void the_longest_message_goes_through_the_ring_in_parts(void **state)
{
	static char value[XENSTORE_PAYLOAD_MAX + 1], back[XENSTORE_PAYLOAD_MAX + 1];

	(void)state;
	memset(value, 'x', XENSTORE_PAYLOAD_MAX - sizeof("long"));
	assert_int_equal(write_text("long", value), 0);
	assert_int_equal(read_text("long", back, sizeof(back)), 0);
	assert_string_equal(back, value);
	memset(value, 'x', XENSTORE_PAYLOAD_MAX);
	assert_int_equal(write_text("long", value), -E2BIG);
	assert_works();
}

static void a_server_that_moves_a_byte_at_a_time_is_served(void **state)
{
	(void)state;
	for (fake_store.chunk = 1; fake_store.chunk < 40; fake_store.chunk++)
		assert_works();
}

static void the_rings_indexes_may_wrap(void **state)
{
	(void)state;
	fake_store.page.req_prod = fake_store.page.req_cons = UINT32_MAX - 10;
	fake_store.page.rsp_prod = fake_store.page.rsp_cons = UINT32_MAX - 3;
	for (int i = 0; i < 100; i++)
		assert_works();
}

static char inner[16];

static void ask_meanwhile(void)
{
	on_wait = NULL;
	assert_int_equal(read_text("second", inner, sizeof(inner)), 0);
}

/* What two threads do: one asks while the other waits, and the answers come in the other order. */
static void answers_find_those_who_asked(void **state)
{
	char value[16];

	(void)state;
	fake_store_set("first", "1");
	fake_store_set("second", "2");
	fake_store.newest_first = true;
	on_wait = ask_meanwhile;
	assert_int_equal(read_text("first", value, sizeof(value)), 0);
	assert_string_equal(value, "1");
	assert_string_equal(inner, "2");
}

static void without_a_xenstore_there_is_nothing(void **state)
{
	char value[16];

	(void)state;
	store_missing = -ENODEV;
	xenstore_restart();
	assert_said_once("not available after resume");
	assert_int_equal(read_text("a", value, sizeof(value)), -ENODEV);
}

/* Dom0less: the page comes when a toolstack has started, and is taken when that says so. */
static void a_ring_may_come_later(void **state)
{
	(void)state;
	store_missing = -EAGAIN;
	xenstore_restart();
	store_serve();
	assert_int_equal(connected, 0);
	store_missing = 0;
	fake_store.page.connection = XENSTORE_RECONNECT;
	store_serve();
	assert_int_equal(connected, 0);
	assert_int_equal(fake_store.requests, 0);
	fake_store.page.connection = XENSTORE_CONNECTED;
	store_serve();
	assert_int_equal(connected, 1);
	assert_works();
}

/* ---- watches ---- */

static void a_watch_fires_at_first_and_at_each_change(void **state)
{
	(void)state;
	fake_store_set("memory/target", "1");
	store_serve();
	assert_int_equal(connected, 1);
	assert_true(changed >= 1 && changed <= 2);
	assert_string_equal(seen, "1");
	changed = 0;
	store_set("memory/target", "2");
	store_serve();
	assert_int_equal(changed, 1);
	assert_string_equal(seen, "2");
}

static void of_a_storm_the_last_is_seen(void **state)
{
	char value[16];

	(void)state;
	store_serve();
	changed = 0;
	for (int i = 0; i < 500; i++) {
		snprintf(value, sizeof(value), "%d", i);
		store_set("memory/target", value);
	}
	store_serve();
	assert_string_equal(seen, "499");
	assert_true(changed < 500);
	assert_said_nothing();
}

static void a_change_that_could_not_be_read_is_read_later(void **state)
{
	(void)state;
	fails = 3;
	fake_store_set("memory/target", "5");
	store_serve_for(60 * SECOND);
	assert_string_equal(seen, "5");
}

static void with_nothing_to_do_nothing_is_done(void **state)
{
	unsigned long before;

	(void)state;
	store_serve();
	before = kicks;
	store_serve();
	assert_int_equal(kicks, before);
}

static void a_watch_whose_answer_is_lost_is_set_again(void **state)
{
	(void)state;
	fake_store.dropped = 1;
	store_serve_for(60 * SECOND);
	assert_int_equal(connected, 1);
	assert_works();
}

static void after_a_restore_watches_are_set_again(void **state)
{
	(void)state;
	fake_store_set("memory/target", "1");
	store_serve();
	fake_store_start();
	fake_store_set("memory/target", "2");
	xenstore_restart();
	store_serve();
	assert_int_equal(connected, 2);
	assert_int_equal(fake_store.watches, 1);
	assert_string_equal(seen, "2");
	assert_said_nothing();
}

/* ---- a silent server ---- */

static void a_dead_server_costs_ten_seconds_and_a_line(void **state)
{
	char value[16];
	uint64_t before = clock_ns();

	(void)state;
	fake_store.dead = true;
	assert_int_equal(read_text("a", value, sizeof(value)), -ETIMEDOUT);
	assert_in_range(clock_ns() - before, 10 * SECOND, 10 * SECOND + SECOND / 1000);
	assert_int_equal(read_text("a", value, sizeof(value)), -ETIMEDOUT);
	assert_said_once("no response within 10 s");
}

static void a_guest_that_stood_still_takes_the_answer(void **state)
{
	char value[16];

	(void)state;
	for (unsigned int i = 1; i <= 100; i++) {
		fake_store_set("a", "b");
		store_stop_guest_at(i);
		assert_int_equal(read_text("a", value, sizeof(value)), 0);
		assert_string_equal(value, "b");
		assert_null(on_wait);
	}
	assert_said_nothing();
}

static void a_server_that_wakes_up_finds_the_stream_in_order(void **state)
{
	static char value[3000];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	fake_store.dead = true;
	assert_int_equal(write_text("long", value), -ETIMEDOUT);
	assert_int_equal(write_text("next", "1"), -ETIMEDOUT);
	fake_store.dead = false;
	store_kicked = true;
	assert_works();
	assert_said_once("no response"); /* what comes late is no news */
	assert_string_equal(fake_store_get("long"), value);
	assert_null(fake_store_get("next"));
}

static void without_a_server_watches_are_tried_less_and_less(void **state)
{
	(void)state;
	fake_store.dead = true;
	store_serve_for(1000 * SECOND);
	assert_true(said_lines <= 2);
	fake_store.dead = false;
	store_kicked = true;
	store_serve_for(1000 * SECOND);
	assert_int_equal(connected, 1);
	assert_works();
}

#define TEST(name) cmocka_unit_test_setup(name, watcher_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(errors_come_by_name),
		TEST(a_value_must_be_a_text_that_fits),
		TEST(the_longest_message_goes_through_the_ring_in_parts),
		TEST(a_server_that_moves_a_byte_at_a_time_is_served),
		TEST(the_rings_indexes_may_wrap),
		TEST(answers_find_those_who_asked),
		TEST(without_a_xenstore_there_is_nothing),
		TEST(a_ring_may_come_later),
		TEST(a_watch_fires_at_first_and_at_each_change),
		TEST(of_a_storm_the_last_is_seen),
		TEST(a_change_that_could_not_be_read_is_read_later),
		TEST(with_nothing_to_do_nothing_is_done),
		TEST(a_watch_whose_answer_is_lost_is_set_again),
		TEST(after_a_restore_watches_are_set_again),
		TEST(a_dead_server_costs_ten_seconds_and_a_line),
		TEST(a_guest_that_stood_still_takes_the_answer),
		TEST(a_server_that_wakes_up_finds_the_stream_in_order),
		TEST(without_a_server_watches_are_tried_less_and_less),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
