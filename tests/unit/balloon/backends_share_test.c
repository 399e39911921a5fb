/* SPDX-License-Identifier: MIT */
/* Several backends at once: who is asked when memory is short, whose turn it is, and who fails. */
#include <mm/reclaim.h>

#include "backends.h"

/* ---- shortage ---- */

static void a_shortage_takes_from_whoever_has_room(void **state)
{
	(void)state;
	host[BLOCKWISE].ceiling = BLOCKS(6);
	assert_true(hold(BASE_MAX - BLOCKS(2)));
	assert_int_equal(host[BLOCKWISE].count + host[WIDE].count, 0);
	assert_true(hold(OWN_FRAMES));
	assert_int_equal(host[BASE].count, BASE_MAX + ONLY_HOSTS);
	assert_int_equal(host[WIDE].count, OWN_FRAMES);
	assert_true(hold(BLOCKS(6)));
	assert_false(hold(BLOCKS(6)));
	assert_int_equal(present(), BASE_MAX + OWN_FRAMES + BLOCKS(6));
	check();
}

/* All at their ceilings, and short a thousand times: that is one event. */
static void a_shortage_that_nobody_helps_is_one_event(void **state)
{
	struct balloon_event event;

	(void)state;
	for (int i = BASE; i < NR_HOSTS; i++)
		host[i].ceiling = host[i].count;
	assert_false(hold(RAM));
	for (int i = 0; i < 1000; i++)
		assert_null(page_alloc(0, PAGE_FIXED));
	assert_true(balloon_event_get(0, &event));
	assert_int_equal(event.kind, BALLOON_SHORTAGE);
	assert_int_equal(event.err, -ENOSPC);
	assert_in_range(event.times, 1001, 2000);
	host[WIDE].ceiling = UNIT;
	assert_true(hold(1));
	assert_true(balloon_event_get(0, &event));
	assert_string_equal(event.backend, "wide");
	assert_int_equal(event.frames, UNIT);
}

static void what_shortage_brought_goes_back_slowly_to_whom_it_was_from(void **state)
{
	(void)state;
	host[BASE].ceiling = host[BASE].count;
	want(BASE, RAM);
	want(WIDE, 0);
	want(BLOCKWISE, 0);
	work();
	assert_true(hold(RAM));
	assert_int_equal(stats(1).over_target, host[WIDE].count);
	assert_int_equal(stats(0).over_target, 0);
	assert_true(host[WIDE].count > 0);
	let_go(nr_held);
	work_for(POLICY_QUIET - POLICY_S);
	assert_true(host[WIDE].count > 0);
	work_for(60 * POLICY_S);
	assert_int_equal(host[WIDE].count, 0);
	assert_int_equal(present(), RAM);
	check();
}

static void what_one_collects_a_shortage_has_back(void **state)
{
	unsigned long calls;

	(void)state;
	want(BLOCKWISE, OWN_FRAMES);
	work();
	calls = host[BASE].calls + host[BLOCKWISE].calls;
	want(BLOCKWISE, 0);
	assert_int_equal(balloon_work_step(), 0);
	assert_true(balloon_collected() > 0);
	assert_true(hold(kernel_mm.pages.nr_free + 1));
	assert_int_equal(balloon_collected(), 0);
	assert_int_equal(host[BASE].calls + host[BLOCKWISE].calls + host[WIDE].calls - calls,
			 host[WIDE].calls);
	assert_int_equal(host[WIDE].calls, 0);
	check();
}

/* ---- turns ---- */

static unsigned long calls_of_others(int who)
{
	unsigned long calls = 0;

	for (int i = BASE; i < NR_HOSTS; i++)
		calls += i == who ? 0 : host[i].calls;
	return calls;
}

static void while_one_collects_it_alone_has_turns(void **state)
{
	unsigned long calls = 0;
	bool collected = false;

	(void)state;
	want(BLOCKWISE, OWN_FRAMES);
	work();
	want(BLOCKWISE, BLOCKS(1));
	want(WIDE, OWN_FRAMES);
	for (unsigned int i = 0; i < TURNS_MAX && balloon_work_step() == 0; i++) {
		bool collects = balloon.collecting;

		if (collects && collected)
			assert_int_equal(calls_of_others(BLOCKWISE), calls);
		collected = collects;
		calls = calls_of_others(BLOCKWISE);
	}
	assert_int_equal(host[BLOCKWISE].count, BLOCKS(1));
	assert_int_equal(host[WIDE].count, OWN_FRAMES);
	check();
}

static void in_between_they_take_turns(void **state)
{
	(void)state;
	host[WIDE].ceiling = host[BLOCKWISE].ceiling = OWN_FRAMES;
	want(BLOCKWISE, OWN_FRAMES);
	want(WIDE, OWN_FRAMES);
	/* A step is 32 blocks: each has had one, before one has had two. */
	assert_int_equal(balloon_work_step(), 0);
	assert_int_equal(balloon_work_step(), 0);
	assert_int_equal(host[BLOCKWISE].count, POLICY_STEP_MAX);
	assert_int_equal(host[WIDE].count, POLICY_STEP_MAX);
	work();
	check();
}

static void one_that_fails_does_not_stop_the_others(void **state)
{
	(void)state;
	for (int bad = BASE; bad < NR_HOSTS; bad++) {
		start(state);
		host[bad].err = -EIO;
		for (int i = BASE; i < NR_HOSTS; i++)
			want(i, BLOCKS(36));
		work_for(2 * POLICY_S);
		assert_int_equal(balloon_result(), -EIO);
		assert_int_equal(present(), 2 * BLOCKS(36) + (bad ? 0 : RAM));
		host[bad].err = 0;
		work_for(2 * POLICY_S);
		assert_int_equal(balloon_result(), 0);
		assert_int_equal(present(), 3 * BLOCKS(36));
		check();
	}
}

/* NACK and BUSY of virtio-mem look like this: a pause, another attempt, and nothing is lost. */
static void one_that_does_little_is_asked_again(void **state)
{
	(void)state;
	want(WIDE, OWN_FRAMES);
	host[WIDE].budget = 3 * UNIT - 1;
	work_for(2 * POLICY_S);
	assert_int_equal(host[WIDE].count, 2 * UNIT);
	assert_int_equal(balloon_result(), -EAGAIN);
	check();
	host[WIDE].budget = OWN_FRAMES - 2 * UNIT;
	work_for(2 * POLICY_S);
	assert_int_equal(host[WIDE].count, OWN_FRAMES);
	want(WIDE, 0);
	work_for(2 * POLICY_S);
	assert_int_equal(host[WIDE].count, OWN_FRAMES);
	host[WIDE].budget = UNIT;
	work_for(2 * POLICY_S);
	assert_int_equal(host[WIDE].count, OWN_FRAMES - UNIT);
	check();
	host[WIDE].budget = ~0UL;
	work_for(2 * POLICY_S);
	assert_int_equal(host[WIDE].count, 0);
	check();
}

/*
 * What came, could not be mapped and was not taken back: nobody uses it, nor asks for the same
 * place again, since the host would call that wrong.
 */
static void where_a_range_lost_frames_nothing_comes_any_more(void **state)
{
	unsigned long calls;

	(void)state;
	host[WIDE].budget = UNIT;
	linux_fail_commit(1);
	want(WIDE, 2 * UNIT);
	balloon_work_step();
	linux_fail_commit(0);
	assert_int_equal(stats(1).lost, UNIT);
	assert_int_equal(present(), RAM);
	host[WIDE].budget = ~0UL;
	calls = host[WIDE].calls;
	work_for(20 * POLICY_S);
	assert_true(hold(BASE_MAX + BLOCKS(3)));
	assert_int_equal(host[WIDE].calls, calls);
	assert_int_equal(host[WIDE].count, UNIT);
	assert_int_equal(stats(1).present, 0);
	assert_true(host[BLOCKWISE].count > 0);
	assert_null(page_alloc_check(&kernel_mm.pages));
}

struct cache {
	struct reclaimer reclaimer;
	unsigned int nr_asked;
};

static unsigned long release_nothing(struct reclaimer *self, unsigned long frames)
{
	(void)frames;
	container_of(self, struct cache, reclaimer)->nr_asked++;
	return 0;
}

/* All that the base brought is in use: it looks once a second, and its host hears nothing. */
static void what_is_free_of_others_is_not_ones_own_to_give(void **state)
{
	struct cache cache = {.reclaimer = {.name = "test", .release = release_nothing}};

	(void)state;
	reclaim_register(&cache.reclaimer);
	host[BASE].ceiling = host[BASE].count;
	host[WIDE].ceiling = host[BLOCKWISE].ceiling = 0;
	hold(RAM);
	host[BLOCKWISE].ceiling = OWN_FRAMES;
	want(BLOCKWISE, OWN_FRAMES);
	want(BASE, BLOCKS(4));
	work_for(5 * POLICY_S);
	cache.nr_asked = 0;
	work_for(10 * POLICY_S);
	assert_in_range(cache.nr_asked, 8, 12);
	assert_int_equal(host[BASE].count, RAM + ONLY_HOSTS);
	assert_int_equal(host[BASE].calls, 0);
	assert_int_equal(balloon_result(), -ENOSPC);
	check();
	let_go(nr_held);
	work_for(2 * POLICY_S);
	assert_int_equal(host[BASE].count, BLOCKS(4) + ONLY_HOSTS);
	check();
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_shortage_takes_from_whoever_has_room),
		TEST(a_shortage_that_nobody_helps_is_one_event),
		TEST(what_shortage_brought_goes_back_slowly_to_whom_it_was_from),
		TEST(what_one_collects_a_shortage_has_back),
		TEST(while_one_collects_it_alone_has_turns),
		TEST(in_between_they_take_turns),
		TEST(one_that_fails_does_not_stop_the_others),
		TEST(one_that_does_little_is_asked_again),
		TEST(where_a_range_lost_frames_nothing_comes_any_more),
		TEST(what_is_free_of_others_is_not_ones_own_to_give),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
