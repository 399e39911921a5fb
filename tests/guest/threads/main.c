/* SPDX-License-Identifier: MIT */
/* Threads take turns in order, sleep as long as they said, wait, wake, end and leave nothing. */
#include <aerostat/pattern.h>

#include "guest_test.h"

#define MS   1000000ULL
#define MANY 200

/* What the threads of a test did, in order. */
static char log[64];
static size_t log_len;

static struct wait_queue queue;
static unsigned int nr_ended;

static void note(char c)
{
	if (log_len < sizeof(log) - 1)
		log[log_len++] = c;
}

static void start_log(void)
{
	memset(log, 0, sizeof(log));
	log_len = 0;
	nr_ended = 0;
}

static void start(const char *name, void (*entry)(void *))
{
	struct thread *thread = thread_start(name, entry, (void *)(uintptr_t)name);

	CHECK(thread, "no memory for thread '%s'", name);
	nr_ended += !thread;
}

static void wait_for(unsigned int nr)
{
	while (nr_ended < nr)
		thread_yield();
}

static void take_three_turns(void *arg)
{
	for (int i = 0; i < 3; i++) {
		note(*(char *)arg);
		CHECK(strcmp(thread_name(), arg) == 0, "it is '%s'", thread_name());
		thread_yield();
	}
	nr_ended++;
}

static void turns_come_in_order(void)
{
	start_log();
	start("a", take_three_turns);
	start("b", take_three_turns);
	start("c", take_three_turns);
	wait_for(3);
	CHECK(strcmp(log, "abcabcabc") == 0, "turns were %s", log);
}

static void a_sleep_is_never_short(void)
{
	static const uint64_t ms[] = {1, 5, 20, 50};

	for (size_t i = 0; i < ARRAY_SIZE(ms); i++) {
		uint64_t began = clock_ns();

		thread_sleep_ns(ms[i] * MS);

		uint64_t slept = clock_ns() - began;

		CHECK(slept >= ms[i] * MS, "slept %llu ns", (unsigned long long)slept);
		/* No tick, no lost interrupt; but a host may have other things to do for a while.
		 */
		CHECK(slept < (ms[i] + 500) * MS, "slept %llu ns", (unsigned long long)slept);
	}
}

/* '1' sleeps 20 ms, '2' 40 ms and so on. */
static void sleep_by_name(void *arg)
{
	thread_sleep_ns((uint64_t)(*(char *)arg - '0') * 20 * MS);
	note(*(char *)arg);
	nr_ended++;
}

static void sleepers_wake_by_deadline(void)
{
	start_log();
	start("3", sleep_by_name);
	start("1", sleep_by_name);
	start("4", sleep_by_name);
	start("2", sleep_by_name);
	thread_sleep_ns(120 * MS);
	wait_for(4);
	CHECK(strcmp(log, "1234") == 0, "woken in the order %s", log);
}

static void an_idle_second_costs_no_ticks(void)
{
	uint64_t calls = host_calls();

	thread_sleep_ns(1000 * MS);
	calls = host_calls() - calls;
	CHECK(calls <= 10, "%llu calls into the host", (unsigned long long)calls);
}

static void wait_for_ever(void *arg)
{
	if (thread_wait(&queue, 0))
		note(*(char *)arg);
	nr_ended++;
}

static void wait_with_deadline(void *arg)
{
	note(thread_wait(&queue, clock_ns() + 20 * MS) ? *(char *)arg : '-');
	nr_ended++;
}

static void a_wake_wakes_all_in_order(void)
{
	start_log();
	start("a", wait_for_ever);
	start("b", wait_with_deadline);
	start("c", wait_for_ever);
	thread_yield();
	CHECK(log_len == 0, "'%s' did not wait", log);
	thread_wake(&queue);
	wait_for(3);
	CHECK(strcmp(log, "abc") == 0, "woken: %s", log);
	CHECK(!queue.first && !queue.last, "the queue is not empty");
	thread_sleep_ns(30 * MS);
	CHECK(log_len == 3, "a deadline woke who was awake: %s", log);
}

static void a_deadline_ends_a_wait(void)
{
	start_log();
	start("a", wait_with_deadline);
	start("b", wait_for_ever);
	thread_sleep_ns(40 * MS);
	CHECK(strcmp(log, "-") == 0, "after the deadline: '%s'", log);
	thread_wake(&queue);
	wait_for(2);
	CHECK(strcmp(log, "-b") == 0, "the rest of the queue: '%s'", log);
}

/* Its stack holds what it wrote through every turn of the others. */
static void keep_a_full_stack(void *arg)
{
	uint64_t local[480];
	uint64_t seed = clock_ns() ^ (uintptr_t)local;

	(void)arg;
	pattern_write(local, sizeof(local), seed);
	for (int i = 0; i < 5; i++)
		thread_yield();
	CHECK(pattern_holds(local, sizeof(local), seed), "a stack was overwritten");
	nr_ended++;
}

static void many_threads_leave_nothing(void)
{
	unsigned long before = 0;

	/* Once for the page tables of so many stacks, which stay. */
	for (int round = 0; round < 2; round++) {
		before = guest_test_used();
		start_log();
		for (int i = 0; i < MANY; i++)
			start("one of many", keep_a_full_stack);
		wait_for(MANY);
		thread_yield();
	}
	CHECK(guest_test_used() == before, "%lu frames, before it was %lu", guest_test_used(),
	      before);
}

static unsigned int start_until_memory_ends(void)
{
	static char letter = '.';
	unsigned int nr = 0;

	while (thread_start("one too many", wait_for_ever, &letter))
		nr++;
	return nr;
}

static void the_last_thread_fails_cleanly(void)
{
	unsigned int nr;
	unsigned long before;

	/* Once for the guest to reach its ceiling, so that growing is out of the count. */
	for (int round = 0; round < 2; round++) {
		start_log();
		before = guest_test_used();
		nr = start_until_memory_ends();
		CHECK(nr > MANY, "only %u threads", nr);
		thread_yield();
		thread_wake(&queue);
		wait_for(nr);
		thread_yield();
	}
	CHECK(guest_test_used() == before, "%lu frames, before it was %lu", guest_test_used(),
	      before);
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	turns_come_in_order();
	a_sleep_is_never_short();
	sleepers_wake_by_deadline();
	an_idle_second_costs_no_ticks();
	a_wake_wakes_all_in_order();
	a_deadline_ends_a_wait();
	many_threads_leave_nothing();
	the_last_thread_fails_cleanly();
	return guest_test_done();
}
