/* SPDX-License-Identifier: MIT */
/* Transactions of the xenstore client, and what is done again: after a restore, after a failure. */
#include "store_watcher.h"

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

static void nudge(void)
{
	wakeup();
}

/* Xenstored has a word for each thing that it takes or says. */
static void a_word_without_news_does_not_hasten_what_is_tried_again(void **state)
{
	(void)state;
	store_serve();
	fails = 1000000;
	changed = 0;
	store_set("memory/target", "1");
	on_wait = nudge;
	store_serve_for(100 * SECOND);
	assert_in_range(changed, 4, 10);
	on_wait = NULL;
	fails = 0;
	store_serve_for(100 * SECOND);
	assert_string_equal(seen, "1");
}

/* It is read at once, though an earlier one could not be. */
static void news_are_not_kept_waiting_by_a_failure(void **state)
{
	(void)state;
	store_serve();
	fails = 6;
	store_set("memory/target", "1");
	store_serve_for(40 * SECOND);
	assert_int_equal(fails, 0);
	store_set("memory/target", "2");
	store_serve_for(SECOND);
	assert_string_equal(seen, "2");
}

#define TEST(name) cmocka_unit_test_setup(name, watcher_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_transaction_is_done_again_when_others_came_between),
		TEST(a_body_that_fails_ends_its_transaction),
		TEST(what_is_asked_at_a_restore_ends_and_can_be_asked_again),
		TEST(a_word_without_news_does_not_hasten_what_is_tried_again),
		TEST(news_are_not_kept_waiting_by_a_failure),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
