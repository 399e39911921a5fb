/* SPDX-License-Identifier: MIT */
/* Connections to xenstore that the server breaks: when they are made again, and how often. */
#include "store_watcher.h"

static void break_connection(void)
{
	struct xsd_sockmsg header = {.len = UINT32_MAX};

	fake_store_say(&header, sizeof(header));
	store_kicked = true;
}

static void a_broken_connection_is_made_anew_where_the_server_can(void **state)
{
	(void)state;
	fake_store.page.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	fake_store_set("memory/target", "1");
	store_serve();
	break_connection();
	fake_store.page.rsp_cons = 77; /* theirs to write: must not matter */
	fake_store_set("memory/target", "2");
	store_serve();
	assert_int_equal(fake_store.connects, 1);
	assert_int_equal(connected, 2);
	assert_string_equal(seen, "2");
	assert_works();
}

static void who_breaks_it_each_time_is_asked_less_and_less(void **state)
{
	(void)state;
	fake_store.page.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	on_wait = break_connection;
	store_serve_for(300 * SECOND);
	assert_true(fake_store.connects > 5 && fake_store.connects < 12);
	on_wait = NULL;
	store_serve();
	assert_works();
}

/* A connection that lasted ends what was held against the server. */
static void a_break_after_a_good_time_costs_a_second(void **state)
{
	unsigned int connects;

	(void)state;
	fake_store.page.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	on_wait = break_connection;
	store_serve_for(300 * SECOND);
	on_wait = NULL;
	store_serve();
	assert_works();
	linux_stop_clock(clock_ns() + 300 * SECOND);
	connects = fake_store.connects;
	break_connection();
	store_serve_for(2 * SECOND);
	assert_int_equal(fake_store.connects, connects + 1);
	assert_works();
}

#define TEST(name) cmocka_unit_test_setup(name, watcher_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_broken_connection_is_made_anew_where_the_server_can),
		TEST(who_breaks_it_each_time_is_asked_less_and_less),
		TEST(a_break_after_a_good_time_costs_a_second),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
