/* SPDX-License-Identifier: MIT */
/* What the toolstack asks by control/shutdown, and what the guest does. */
#include <asm/xen.h>
#include <xen/sched.h>

#include "store.h"

#define NOT_ASKED 99U

static unsigned int reason;
static unsigned int suspends;
static int suspend_error, settle_error;

long xen_sched_op(int cmd, void *arg)
{
	assert_int_equal(cmd, SCHEDOP_shutdown);
	assert_true(linux_irqs_off);
	reason = ((struct sched_shutdown *)arg)->reason;
	return -EPERM;
}

int xen_suspend(void)
{
	suspends++;
	return suspend_error;
}

int xen_target_settle(void)
{
	return settle_error;
}

static int group_setup(void **state)
{
	(void)state;
	said_start();
	assert_int_equal(xenstore_init(), 0);
	store_make_thread();
	xen_control_init();
	return 0;
}

static int setup(void **state)
{
	(void)state;
	store_start();
	reason = NOT_ASKED;
	suspends = 0;
	suspend_error = settle_error = 0;
	fake_store_set("control/shutdown", "");
	store_serve();
	assert_int_equal(reason, NOT_ASKED);
	said_start();
	return 0;
}

static void ask(const char *word)
{
	store_set("control/shutdown", word);
	store_serve();
}

static void words_are_obeyed_and_taken_away(void **state)
{
	static const struct {
		const char *word;
		unsigned int reason;
	} row[] = {
		{"poweroff", SHUTDOWN_poweroff},
		{"halt", SHUTDOWN_poweroff},
		{"reboot", SHUTDOWN_reboot},
		{"crash", SHUTDOWN_crash},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		ask(row[i].word);
		assert_int_equal(reason, row[i].reason);
		assert_string_equal(fake_store_get("control/shutdown"), "");
	}
}

static void a_word_is_obeyed_once(void **state)
{
	(void)state;
	ask("poweroff");
	reason = NOT_ASKED;
	store_serve();
	ask("");
	assert_int_equal(reason, NOT_ASKED);
}

static void a_store_that_takes_no_answer_is_obeyed_too(void **state)
{
	(void)state;
	fake_store.readonly = "control/";
	ask("reboot");
	assert_int_equal(reason, SHUTDOWN_reboot);
}

static void others_may_come_between(void **state)
{
	(void)state;
	fake_store.conflicts = 2;
	ask("poweroff");
	assert_int_equal(reason, SHUTDOWN_poweroff);
	assert_string_equal(fake_store_get("control/shutdown"), "");
}

static void a_lost_answer_loses_no_word(void **state)
{
	(void)state;
	fake_store.dropped = 1;
	store_set("control/shutdown", "poweroff");
	store_serve_for(60 * SECOND);
	assert_int_equal(reason, SHUTDOWN_poweroff);
}

static void what_nobody_knows_is_said_once_and_taken_away(void **state)
{
	static const char *const word[] = {"POWEROFF", "poweroff ", "x", "power", "off"};

	(void)state;
	for (int i = 0; i < 100; i++)
		ask(word[i % ARRAY_SIZE(word)]);
	assert_int_equal(reason, NOT_ASKED);
	assert_said_once("unknown request");
	assert_string_equal(fake_store_get("control/shutdown"), "");
}

static void what_is_too_long_or_no_text_or_gone_does_nothing(void **state)
{
	(void)state;
	ask("poweroffpoweroffpoweroffpoweroffpoweroff");
	fake_store_set_bytes("control/shutdown", "poweroff\0x", 10);
	store_kicked = true;
	store_serve();
	assert_said_once("unknown request");
	ask(NULL);
	assert_int_equal(reason, NOT_ASKED);
	ask("crash");
	assert_int_equal(reason, SHUTDOWN_crash);
}

static void a_suspend_is_asked_of_the_machine(void **state)
{
	(void)state;
	ask("suspend");
	assert_int_equal(suspends, 1);
	assert_string_equal(fake_store_get("control/shutdown"), "");
	suspend_error = -EOPNOTSUPP;
	said_start();
	for (int i = 0; i < 10; i++)
		ask("suspend");
	assert_int_equal(suspends, 11);
	assert_said_once("host requested suspend: failed");
}

/* The word stays where it is, for the toolstack to take back; what comes next is obeyed. */
static void a_suspend_that_would_lose_the_domain_is_not_acknowledged(void **state)
{
	(void)state;
	settle_error = -ENOSPC;
	ask("suspend");
	assert_int_equal(suspends, 0);
	assert_string_equal(fake_store_get("control/shutdown"), "suspend");
	ask("");
	assert_int_equal(suspends, 0);
	settle_error = 0;
	ask("suspend");
	assert_int_equal(suspends, 1);
	assert_string_equal(fake_store_get("control/shutdown"), "");
	settle_error = -ENOSPC;
	ask("reboot");
	assert_int_equal(reason, SHUTDOWN_reboot);
}

static void the_host_hears_what_can_be_asked(void **state)
{
	(void)state;
	assert_string_equal(fake_store_get("control/feature-poweroff"), "1");
	assert_string_equal(fake_store_get("control/feature-reboot"), "1");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_are_obeyed_and_taken_away),
		TEST(a_word_is_obeyed_once),
		TEST(a_store_that_takes_no_answer_is_obeyed_too),
		TEST(others_may_come_between),
		TEST(a_lost_answer_loses_no_word),
		TEST(what_nobody_knows_is_said_once_and_taken_away),
		TEST(what_is_too_long_or_no_text_or_gone_does_nothing),
		TEST(a_suspend_is_asked_of_the_machine),
		TEST(a_suspend_that_would_lose_the_domain_is_not_acknowledged),
		TEST(the_host_hears_what_can_be_asked),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
