/* SPDX-License-Identifier: MIT */
/*
 * Xen takes a break between extents and between entries, and events come in: the handlers allocate
 * and free in the middle of a growth, and never make memory grow themselves.
 */
#include "tests/unit/random.h"
#include "xen.h"

#define KEPT_MAX 4096UL

static const struct fake_setup setup = {
	.machine = 96 * MIB, .frames = 28 * MIB, .ceiling = 62 * MIB, .run = 512};

static void *kept[KEPT_MAX];
static unsigned long nr_kept, nr_events, break_at;

static int start(void **state)
{
	(void)state;
	start_on(&setup);
	nr_kept = 0;
	nr_events = 0;
	return 0;
}

static void keep_one(void)
{
	void *page = nr_kept < KEPT_MAX ? fake_take(0, PAGE_FIXED) : NULL;

	if (page)
		kept[nr_kept++] = page;
}

static void give_one(void)
{
	if (nr_kept)
		fake_give(kept[--nr_kept], 0);
}

/* An allocation in a handler asks nothing of the host, which is busy with us. */
static void handle(void (*what)(void))
{
	unsigned long calls = fake_events().calls;

	nr_events++;
	what();
	if (fake_events().calls != calls)
		fail_msg("a handler made a hypercall");
}

static void take_or_give(void)
{
	if (random_one_in(2))
		keep_one();
	else
		give_one();
}

static void on_every_break(void)
{
	handle(take_or_give);
}

static void take_what_there_is(void)
{
	unsigned long before;

	do {
		before = nr_kept;
		keep_one();
	} while (nr_kept != before);
}

static void give_all(void)
{
	while (nr_kept)
		give_one();
}

static void on_one_break(void)
{
	if (nr_events + 1 == break_at)
		handle(take_what_there_is);
	else if (nr_events == break_at)
		handle(give_all);
	else
		nr_events++;
}

static void on_one_break_for_good(void)
{
	if (nr_events + 1 == break_at)
		handle(take_what_there_is);
	else
		nr_events++;
}

static void handlers_may_allocate_and_free_at_every_break(void **state)
{
	(void)state;
	for (unsigned int blocks = 0; blocks < 2; blocks++) {
		start(NULL);
		fake_set_faults(&(struct fake_faults){.on_interrupt = on_every_break,
						      .no_blocks = !blocks});
		assert_int_equal(grow_by(setup.ceiling - setup.frames), 0);
		assert_true(nr_events > 50);
		fake_check();
		assert_grows_to(setup.ceiling, 0);
	}
}

/* The handler runs at the nth break. False: there are fewer. */
static bool break_nth(unsigned long nth, void (*handler)(void))
{
	unsigned long events;

	start(NULL);
	break_at = nth;
	fake_set_faults(&(struct fake_faults){.on_interrupt = handler});
	grow_by(30 * MIB);
	events = nr_events;
	fake_check();
	give_all();
	assert_grows_to(setup.ceiling, 0);
	fake_check();
	return events >= nth;
}

static void a_handler_may_take_all_memory_at_any_break(void **state)
{
	(void)state;
	for (unsigned long nth = 1; break_nth(nth, on_one_break); nth++)
		;
}

static void and_keep_it(void **state)
{
	(void)state;
	for (unsigned long nth = 1; break_nth(nth, on_one_break_for_good); nth++)
		;
}

static void a_fault_may_come_on_top(void **state)
{
	(void)state;
	for (unsigned long at = 1; at <= 100; at++) {
		start(NULL);
		fake_set_faults(&(struct fake_faults){
			.on_interrupt = on_every_break, .update = {at, 0}, .extent = {at / 2, 0}});
		grow_by(30 * MIB);
		fake_check();
		assert_grows_to(setup.ceiling, 0);
	}
}

static int seed(void **state)
{
	(void)state;
	random_start();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handlers_may_allocate_and_free_at_every_break),
		cmocka_unit_test(a_handler_may_take_all_memory_at_any_break),
		cmocka_unit_test(and_keep_it),
		cmocka_unit_test(a_fault_may_come_on_top),
	};

	return cmocka_run_group_tests(tests, seed, NULL);
}
