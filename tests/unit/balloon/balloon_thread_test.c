/* SPDX-License-Identifier: MIT */
/* The balloon's thread: how long it rests, what ends its rest, and who waits for its result. */
#include <arch/cpu.h>
#include <asm/linux.h>
#include <lib/errno.h>
#include <sched/thread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "balloon/policy.h"
#include "balloon/registry.h"
#include "balloon/report.h"
#include "balloon/target.h"

#define NOW 1000ULL

static const struct balloon_backend backend = {.name = "backend", .unit = 1};
static bool has_memory;
static void (*entry)(void *arg);

/* What each turn and the look after it answer, and in which turns something wakes the thread. */
static struct {
	uint64_t turn, look;
	bool woken_in_turn, woken_in_rest;
} script[8];
static unsigned int nr_turns, nr_yields, nr_rests, nr_wakes, nr_settling;
static uint64_t deadline[8];
static jmp_buf test;
static unsigned int last_turn; /* the thread goes no further than the rest after this one */

struct thread *thread_start(const char *name, void (*run)(void *), void *arg)
{
	static char thread;

	assert_string_equal(name, "balloon");
	assert_null(arg);
	entry = run;
	return has_memory ? (struct thread *)(void *)&thread : NULL;
}

/* In place of policy: it rests, and so the work step answers what is decided here. */
struct policy_decision policy_decide(const struct policy_state *s)
{
	(void)s;
	assert_false(linux_irqs_off);
	if (script[nr_turns].woken_in_turn)
		balloon_wake();
	assert_false(linux_irqs_off);
	return (struct policy_decision){.action = POLICY_REST, .wait = script[nr_turns++].turn};
}

uint64_t balloon_idle_scan(void)
{
	return script[nr_turns - 1].look;
}

void balloon_report(unsigned long max)
{
	(void)max;
}

uint64_t policy_backoff(uint64_t backoff)
{
	return backoff;
}

uint64_t policy_leak_backoff(uint64_t pause)
{
	return pause;
}

unsigned long policy_floor(unsigned long present, unsigned long free, unsigned long user_floor)
{
	(void)present;
	(void)free;
	return user_floor;
}

unsigned long policy_step(unsigned long request, unsigned long present, unsigned long room,
			  unsigned long unit)
{
	(void)present;
	(void)room;
	(void)unit;
	return request;
}

unsigned long policy_report(bool quiet, unsigned int looks)
{
	(void)quiet;
	(void)looks;
	return 0;
}

void thread_yield(void)
{
	nr_yields++;
}

void thread_wake(struct wait_queue *queue)
{
	(void)queue;
	assert_true(linux_irqs_off);
	nr_wakes++;
}

static void run_thread(unsigned int turns)
{
	last_turn = turns;
	if (!setjmp(test))
		entry(NULL);
	irq_enable();
}

/* The only one that waits before the thread ever ran is who settles. */
bool thread_wait(struct wait_queue *queue, uint64_t until)
{
	static const struct wait_queue *works;

	assert_true(linux_irqs_off);
	if (!nr_turns) {
		assert_int_equal(until, 0);
		nr_settling++;
		irq_enable();
		run_thread(1);
		irq_disable();
		return true;
	}
	assert_true(!works || works == queue);
	works = queue;
	deadline[nr_rests++] = until;
	if (nr_turns >= last_turn)
		longjmp(test, 1);
	if (script[nr_turns - 1].woken_in_rest)
		balloon_wake();
	assert_true(linux_irqs_off);
	return true;
}

static int start(void **state)
{
	(void)state;
	nr_turns = nr_yields = nr_rests = nr_wakes = nr_settling = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(script); i++) {
		script[i].turn = script[i].look = POLICY_NEVER;
		script[i].woken_in_turn = script[i].woken_in_rest = false;
	}
	linux_stop_clock(NOW);
	return 0;
}

/* The first: nothing was started yet. */
static void without_a_backend_or_memory_there_is_no_thread(void **state)
{
	(void)state;
	has_memory = true;
	assert_int_equal(balloon_start(), -ENODEV);
	assert_int_equal(balloon_settle(), -ENODEV);
	balloon.dev[OWNER_BASE].backend = &backend;
	has_memory = false;
	assert_int_equal(balloon_start(), -ENOMEM);
	assert_int_equal(balloon_settle(), -ENODEV);
	has_memory = true;
	assert_int_equal(balloon_start(), 0);
}

static void it_rests_until_the_turn_or_the_look_that_is_next(void **state)
{
	(void)state;
	script[0].turn = 0;
	script[1].turn = 500;
	script[2].look = 300;
	script[3].turn = 700;
	script[3].look = 600;
	run_thread(5);
	assert_int_equal(nr_yields, 1);
	assert_int_equal(nr_rests, 4);
	assert_int_equal(deadline[0], NOW + 500);
	assert_int_equal(deadline[1], NOW + 300);
	assert_int_equal(deadline[2], NOW + 600);
	assert_int_equal(deadline[3], 0);
}

static void what_changes_in_a_turn_is_followed_by_another_at_once(void **state)
{
	(void)state;
	script[0].woken_in_turn = true;
	run_thread(3);
	assert_int_equal(nr_turns, 3);
	assert_int_equal(nr_rests, 2);
}

static void what_ends_a_rest_does_not_end_the_next(void **state)
{
	(void)state;
	script[0].woken_in_rest = true;
	run_thread(2);
	assert_int_equal(nr_turns, 2);
	assert_int_equal(nr_rests, 2);
}

static void a_result_is_waited_for_until_the_thread_rests(void **state)
{
	(void)state;
	balloon_wake();
	assert_int_equal(nr_wakes, 1);
	script[0].turn = 0;
	script[1].turn = 0;
	script[2].turn = script[3].turn = 5;
	assert_int_equal(balloon_settle(), -EAGAIN);
	assert_int_equal(nr_settling, 1);
	assert_false(linux_irqs_off);
	/* It stays settled until something changes. */
	assert_int_equal(balloon_settle(), -EAGAIN);
	assert_int_equal(nr_settling, 1);
	nr_turns = 0;
	script[0].turn = 5;
	balloon_wake();
	assert_int_equal(balloon_settle(), -EAGAIN);
	assert_int_equal(nr_settling, 2);
}

static void at_rest_it_wakes_who_waits_for_the_result(void **state)
{
	(void)state;
	run_thread(1);
	assert_int_equal(nr_rests, 1);
	assert_int_equal(nr_wakes, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_backend_or_memory_there_is_no_thread, start),
		cmocka_unit_test_setup(it_rests_until_the_turn_or_the_look_that_is_next, start),
		cmocka_unit_test_setup(what_changes_in_a_turn_is_followed_by_another_at_once,
				       start),
		cmocka_unit_test_setup(what_ends_a_rest_does_not_end_the_next, start),
		cmocka_unit_test_setup(a_result_is_waited_for_until_the_thread_rests, start),
		cmocka_unit_test_setup(at_rest_it_wakes_who_waits_for_the_result, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
