// SPDX-License-Identifier: MIT
/* Transactions of the xenstore client. */
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

#define TEST(name) cmocka_unit_test_setup(name, watcher_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_transaction_is_done_again_when_others_came_between),
		TEST(a_body_that_fails_ends_its_transaction),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
