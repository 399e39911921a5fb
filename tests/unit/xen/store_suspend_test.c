/* SPDX-License-Identifier: MIT */
/*
 * The xenstore client over a suspend. A PV guest's ring comes back as it was saved, with whatever
 * stood in it, to a server that knows nothing of it.
 */
#include "store_watcher.h"

static void restore(void)
{
	fake_store_restore();
	fake_store_set("memory/target", "2");
	xenstore_restart();
	store_serve();
}

static void assert_restored(void)
{
	assert_int_equal(connected, 2);
	assert_int_equal(fake_store.watches, 2);
	assert_string_equal(seen, "2");
	assert_works();
	assert_said_nothing();
}

/* Whole events, and the first bytes of one, that came after the client had looked. */
static void what_the_old_server_said_is_not_heard(void **state)
{
	static const char part[] = "\1\2\3\4\5\6\7";

	(void)state;
	store_serve();
	for (size_t n = 0; n < sizeof(part); n++) {
		connected = 1;
		fake_store_set("memory/target", "1");
		fake_store_say(part, n);
		fake_store_run();
		assert_true(fake_store.page.rsp_prod != fake_store.page.rsp_cons);
		restore();
		assert_restored();
	}
}

static void an_index_that_cannot_be_is_forgotten_too(void **state)
{
	(void)state;
	store_serve();
	fake_store.page.rsp_prod += XENSTORE_RING_SIZE + 1;
	restore();
	assert_restored();
}

static int settled;
static bool all_taken;

static int settle(void)
{
	settled = xenstore_settle();
	all_taken = fake_store.page.req_prod == fake_store.page.req_cons;
	return 0;
}

static struct xenstore_watch suspend_watch = {.path = "suspend", .changed = settle};

/* The host asks for it while another thread's long request is on its way. */
static void ask_for_suspend(void)
{
	on_wait = NULL;
	assert_true(fake_store.page.req_prod != fake_store.page.req_cons);
	fake_store_set("suspend", "now");
	store_serve();
}

static void a_request_is_sent_to_its_end_before_a_suspend(void **state)
{
	static char value[3000];

	(void)state;
	store_serve();
	memset(value, 'x', sizeof(value) - 1);
	fake_store.chunk = 100;
	settled = 1;
	on_wait = ask_for_suspend;
	assert_int_equal(write_text("long", value), 0);
	assert_int_equal(settled, 0);
	assert_true(all_taken);
	assert_string_equal(fake_store_get("long"), value);
	assert_works();
	assert_said_nothing();
}

static void a_server_that_takes_nothing_is_not_waited_for_for_ever(void **state)
{
	char value[8];

	(void)state;
	store_serve();
	fake_store.dead = true;
	assert_int_equal(read_text("a", value, sizeof(value)), -ETIMEDOUT);
	assert_int_equal(xenstore_settle(), -ETIMEDOUT);
	fake_store.dead = false;
	store_kicked = true;
	assert_int_equal(xenstore_settle(), 0);
	assert_works();
}

static void a_guest_that_stood_still_sees_what_was_taken(void **state)
{
	char value[8];

	(void)state;
	store_serve();
	for (unsigned int i = 1; i <= 900; i += i < 10 ? 1 : 89) {
		fake_store.dead = true;
		assert_int_equal(read_text("a", value, sizeof(value)), -ETIMEDOUT);
		store_stop_guest_at(i);
		assert_int_equal(xenstore_settle(), 0);
		assert_null(on_wait);
	}
	assert_works();
}

static void with_nothing_on_its_way_it_is_settled_at_once(void **state)
{
	uint64_t before;

	(void)state;
	store_serve();
	before = clock_ns();
	assert_int_equal(xenstore_settle(), 0);
	store_missing = -ENODEV;
	xenstore_restart();
	assert_int_equal(xenstore_settle(), 0);
	assert_int_equal(clock_ns(), before);
}

static int setup(void **state)
{
	static bool set;

	if (!set)
		xenstore_watch(&suspend_watch);
	set = true;
	return watcher_setup(state);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_old_server_said_is_not_heard),
		TEST(an_index_that_cannot_be_is_forgotten_too),
		TEST(a_request_is_sent_to_its_end_before_a_suspend),
		TEST(a_server_that_takes_nothing_is_not_waited_for_for_ever),
		TEST(a_guest_that_stood_still_sees_what_was_taken),
		TEST(with_nothing_on_its_way_it_is_settled_at_once),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
