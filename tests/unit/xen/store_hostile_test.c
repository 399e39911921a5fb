/* SPDX-License-Identifier: MIT */
/* The xenstore client against a server that lies, floods, and writes wherever it can. */
#include "store_watcher.h"
#include "tests/unit/random.h"

static void assert_given_up(const char *why)
{
	char value[16];

	said_start();
	assert_int_equal(read_text("a", value, sizeof(value)), -EIO);
	assert_said_once(why);
	said_start();
	assert_int_equal(read_text("a", value, sizeof(value)), -EIO);
	store_serve();
	assert_said_nothing();
}

static void an_absurd_index_ends_the_connection(void **state)
{
	(void)state;
	assert_works();
	fake_store.page.rsp_prod = fake_store.page.rsp_cons + XENSTORE_RING_SIZE + 1;
	assert_given_up("invalid response index");
	store_start();
	assert_works();
	fake_store.page.req_cons = fake_store.page.req_prod + 1;
	fake_store.dead = true;
	assert_given_up("invalid request index");
}

static void a_server_that_closes_is_left(void **state)
{
	(void)state;
	assert_works();
	fake_store.page.error = XENSTORE_ERROR_PROTO;
	assert_works(); /* of a server that knows no such field it says nothing */
	fake_store.page.server_features = XENSTORE_SERVER_FEATURE_ERROR;
	assert_given_up("closed by xenstored");
}

static void an_impossible_length_ends_the_connection(void **state)
{
	static const uint32_t length[] = {XENSTORE_PAYLOAD_MAX + 1, INT32_MAX, UINT32_MAX,
					  UINT32_MAX - 15};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(length); i++) {
		struct xsd_sockmsg header = {.type = XS_READ, .len = length[i]};

		store_start();
		fake_store_say(&header, sizeof(header));
		store_kicked = true;
		assert_given_up("invalid message length");
	}
}

static void our_own_indexes_are_not_theirs_to_write(void **state)
{
	(void)state;
	assert_works();
	fake_store.page.rsp_cons ^= 0x5555;
	fake_store.page.rsp_prod = fake_store.page.rsp_cons;
	fake_store.page.rsp_cons ^= 0x5555;
	fake_store.page.rsp_prod ^= 0x5555;
	assert_works();
}

static void nonsense_of_good_length_is_passed_over(void **state)
{
	static const struct {
		uint32_t type;
		const char *body;
		uint32_t len;
	} row[] = {
		{XS_READ, "", 0},		   /* an answer to nothing */
		{XS_INVALID, "x", 1},		   /* of no type */
		{XS_WATCH_EVENT, "", 0},	   /* an event of nothing */
		{XS_WATCH_EVENT, "path", 5},	   /* of no token */
		{XS_WATCH_EVENT, "path\0001", 6},  /* a token without end */
		{XS_WATCH_EVENT, "path\00077", 8}, /* of nobody */
		{XS_WATCH_EVENT, "path\0-1", 8},   /* no number */
		{XS_ERROR, "ENOENT", 7},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		store_start();
		for (int n = 0; n < 100; n++)
			fake_store_say_message(row[i].type, 12345678, row[i].body, row[i].len);
		store_kicked = true;
		assert_works();
		assert_said_once("ignored");
	}
}

/* What it says instead of the honest answer to the next request. */
static uint32_t lie_type;
static const char *lie_body;
static uint32_t lie_len;

static void lie(void)
{
	const struct xsd_sockmsg *header = (const struct xsd_sockmsg *)fake_store.page.req;

	if (!fake_store.page.req_prod)
		return;
	on_wait = NULL;
	fake_store.dropped = 1;
	fake_store_say_message(lie_type, header->req_id, lie_body, lie_len);
	store_kicked = true;
}

static int read_lied(uint32_t type, const char *text, uint32_t len)
{
	char value[16];

	store_start();
	lie_type = type;
	lie_body = text;
	lie_len = len;
	on_wait = lie;
	return read_text("a", value, sizeof(value));
}

static void an_answer_that_is_none_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(read_lied(XS_READ, "1", 1), 0);
	assert_int_equal(read_lied(XS_WRITE, "OK", 3), -EIO);
	assert_said_once("of another type than its request");
	assert_int_equal(read_lied(XS_ERROR, "ENOENT", 7), -ENOENT);
	assert_int_equal(read_lied(XS_ERROR, "ENOENT", 6), -ENOENT);
	assert_int_equal(read_lied(XS_ERROR, "EVIL", 5), -EIO);
	assert_int_equal(read_lied(XS_ERROR, "", 0), -EIO);
	assert_works();
}

static int must_not_run(uint32_t transaction, void *arg)
{
	(void)transaction;
	(void)arg;
	fail_msg("a transaction without a name began");
	return 0;
}

static void a_transaction_must_have_a_name(void **state)
{
	static const char *const name[] = {"",	 "0",	       "x",
					   "-1", "4294967296", "99999999999999999999"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		store_start();
		lie_type = XS_TRANSACTION_START;
		lie_body = name[i];
		lie_len = (uint32_t)strlen(name[i]) + 1;
		on_wait = lie;
		assert_int_equal(xenstore_transact(must_not_run, NULL), -EIO);
	}
}

static void flood(void)
{
	for (int i = 0; i < 100; i++)
		fake_store_say_message(XS_READ, 99999999, "x", 1);
	store_kicked = true;
}

static void a_flood_does_not_stop_the_clock(void **state)
{
	char value[16];
	uint64_t before = clock_ns();

	(void)state;
	fake_store.dropped = 1;
	on_wait = flood;
	flood();
	assert_int_equal(read_text("a", value, sizeof(value)), -ETIMEDOUT);
	assert_true(clock_ns() - before <= 11 * SECOND);
	assert_int_equal(said_lines, 2); /* that it comes, and that no answer did */
}

/* Whatever it writes, wherever it writes it: the guest lives on. */
static void vandalise(void)
{
	uint32_t *word = (uint32_t *)&fake_store.page;
	size_t last = sizeof(fake_store.page) / sizeof(*word);

	if (random_one_in(3))
		word[random_below(last)] = (uint32_t)random_u64();
	if (random_one_in(20))
		fake_store.page.rsp_prod = fake_store.page.rsp_cons + (uint32_t)random_below(1100);
	if (random_one_in(20))
		fake_store.page.req_cons = fake_store.page.req_prod - (uint32_t)random_below(1100);
	if (random_one_in(20))
		fake_store.page.connection = 0;
	if (random_one_in(4))
		wakeup();
}

static int write_in_vain(uint32_t transaction, void *arg)
{
	(void)arg;
	return xenstore_write(transaction, "a", "1");
}

static void vandalism_is_survived(void **state)
{
	char value[64];

	(void)state;
	random_start();
	for (int i = 0; i < 3000; i++) {
		store_start();
		fake_store.page.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
		fake_store.dead = true;
		on_wait = vandalise;
		store_serve_for(3 * SECOND);
		for (int n = 0; n < 3; n++)
			(void)!read_text("a", value, sizeof(value));
		(void)!xenstore_transact(write_in_vain, NULL);
	}
	store_start();
	assert_works();
}

#define TEST(name) cmocka_unit_test_setup(name, watcher_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_absurd_index_ends_the_connection),
		TEST(a_server_that_closes_is_left),
		TEST(an_impossible_length_ends_the_connection),
		TEST(our_own_indexes_are_not_theirs_to_write),
		TEST(nonsense_of_good_length_is_passed_over),
		TEST(an_answer_that_is_none_is_an_error),
		TEST(a_transaction_must_have_a_name),
		TEST(a_flood_does_not_stop_the_clock),
		TEST(vandalism_is_survived),
	};

	return cmocka_run_group_tests(tests, watcher_group_setup, NULL);
}
