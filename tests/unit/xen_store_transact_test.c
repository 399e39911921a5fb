// SPDX-License-Identifier: MIT
/* Transactions of the xenstore client, and what becomes of what was asked at a restore. */
#include "tests/unit/store_watcher.h"

static unsigned int bodies;

static int body(uint32_t transaction, void *arg)
{
	bodies++;
	assert_int_not_equal(transaction, XENSTORE_NO_TRANSACTION);
	if (arg)
		return *(int *)arg;
	return xenstore_write(transaction, "a", "1");
}

static void a_transaction_is_done_again_when_others_came_between(void **state)
{
	(void)state;
	bodies = 0;
	fake_store.conflicts = 3;
	assert_int_equal(xenstore_transact(body, NULL), 0);
	assert_int_equal(bodies, 4);
	assert_int_equal(fake_store.ended, 1);
	fake_store.conflicts = 1000;
	assert_int_equal(xenstore_transact(body, NULL), -EAGAIN);
}

static void a_body_that_fails_ends_its_transaction(void **state)
{
	int err = -ERANGE;

	(void)state;
	bodies = 0;
	assert_int_equal(xenstore_transact(body, &err), -ERANGE);
	assert_int_equal(bodies, 1);
	assert_int_equal(fake_store.ended, 0);
	assert_works();
}

static void restore(void)
{
	on_wait = NULL;
	fake_store_start();
	fake_store_set("a", "there");
	xenstore_restart();
}

/* Be it unsent, sent in part, or sent and not answered: none of it is in the new connection. */
static void what_is_asked_at_a_restore_ends_and_can_be_asked_again(void **state)
{
	static char text[3000];
	char value[16];

	(void)state;
	assert_works();
	memset(text, 'x', sizeof(text) - 1);
	fake_store.dead = true;
	on_wait = restore;
	assert_int_equal(read_text("a", value, sizeof(value)), -EAGAIN);
	assert_int_equal(read_text("a", value, sizeof(value)), 0);
	assert_string_equal(value, "there");
	assert_works();
	fake_store.dead = true;
	on_wait = restore;
	assert_int_equal(write_text("a", text), -EAGAIN);
	assert_works();
	assert_int_equal(read_text("a", value, sizeof(value)), 0);
	assert_string_equal(value, "there");
	assert_said_nothing();
}

#define TEST(name) cmocka_unit_test_setup(name, watcher_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_transaction_is_done_again_when_others_came_between),
		TEST(a_body_that_fails_ends_its_transaction),
		TEST(what_is_asked_at_a_restore_ends_and_can_be_asked_again),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
