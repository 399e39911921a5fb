/* SPDX-License-Identifier: MIT */
/* What one turn, command or target does to a step under way, to caches and to the sleeping thread.
 */
#include <mm/oom.h>
#include <mm/reclaim.h>
#include <sched/thread.h>

#include "backends.h"

static unsigned int nr_wakes, nr_refused, nr_asked;

/* In place of the scheduler: the only one to wake is the balloon's thread. */
void thread_wake(struct wait_queue *queue)
{
	(void)queue;
	assert_true(linux_irqs_off);
	nr_wakes++;
}

void thread_yield(void)
{
}

bool thread_wait(struct wait_queue *queue, uint64_t until)
{
	(void)queue;
	(void)until;
	fail_msg("nothing sleeps here");
	return false;
}

struct thread *thread_start(const char *name, void (*run)(void *), void *arg)
{
	(void)name;
	(void)run;
	(void)arg;
	fail_msg("no thread is started");
	return NULL;
}

/* Not at 0, which is a time that nothing was done at. */
static int start_late(void **state)
{
	int err = start(state);

	linux_stop_clock(1000 * POLICY_S);
	return err;
}

#define assert_wakes(change)                   \
	do {                                   \
		nr_wakes = 0;                  \
		change;                        \
		assert_int_equal(nr_wakes, 1); \
	} while (0)

/* Set to what it was, too: a result that is waited for is that of a new attempt. */
static void what_is_to_be_followed_wakes_the_thread(void **state)
{
	(void)state;
	assert_wakes(balloon_target_set(RAM));
	assert_wakes(balloon_target_set(RAM));
	assert_wakes(balloon_target_none());
	assert_wakes(balloon_backend_target_set(&backend[WIDE], UNIT));
	assert_wakes(balloon_floor_set(RAM / 2));
	assert_wakes(balloon_drop_over_target());
	want(BASE, RAM);
	assert_true(hold(kernel_mm.pages.nr_free));
	assert_wakes(assert_int_equal(mm_oom(0), 0));
}

static void assert_refused(int err, unsigned long moved)
{
	assert_int_equal(err, -EBUSY);
	assert_int_equal(moved, 0);
	nr_refused++;
}

static void try_all(void)
{
	unsigned long moved = 1;
	int err = balloon_grow(1, &moved);

	assert_refused(err, moved);
	moved = 1;
	err = balloon_shrink(1, &moved);
	assert_refused(err, moved);
	assert_refused(mm_oom(0), 0);
}

/* In the host's calls nothing else begins: there is one step of each kind. */
static void a_step_under_way_lets_no_other_begin(void **state)
{
	unsigned long moved;

	(void)state;
	host[BASE].meanwhile = try_all;
	nr_refused = 0;
	want(BASE, RAM + 700);
	work();
	want(BASE, RAM - 700);
	work();
	assert_int_equal(balloon_grow(3, &moved), 0);
	assert_int_equal(balloon_shrink(2, &moved), 0);
	assert_int_equal(balloon_result(), 0);
	balloon_target_none();
	assert_true(hold(kernel_mm.pages.nr_free));
	assert_int_equal(mm_oom(0), 0);
	assert_true(host[BASE].calls > 5);
	assert_int_equal(nr_refused, 3 * host[BASE].calls);
	let_go(nr_held);
	check();
}

static void assert_kept(unsigned int nth, unsigned long frames)
{
	struct balloon_event event;

	assert_true(balloon_event_get(nth, &event));
	assert_int_equal(event.kind, BALLOON_CANCELLED);
	assert_int_equal(event.frames, frames);
	assert_string_equal(event.backend, "base");
}

/* Part of a step is collected when the target moves, or memory is short. */
static void what_was_to_go_and_stays_is_an_event(void **state)
{
	(void)state;
	want(BASE, RAM - BLOCKS(8));
	assert_int_equal(balloon_work_step(), 0);
	assert_int_equal(balloon_collected(), BLOCKS(2));
	want(BASE, RAM);
	balloon_work_step();
	assert_kept(0, BLOCKS(2));
	want(BASE, RAM - BLOCKS(8));
	balloon_work_step();
	balloon_work_step();
	assert_int_equal(balloon_collected(), BLOCKS(4));
	want(BASE, RAM - BLOCKS(3));
	balloon_work_step();
	assert_kept(1, BLOCKS(1)); /* before those that went */
	want(BASE, RAM - BLOCKS(8));
	balloon_work_step();
	assert_int_equal(mm_oom(0), 0);
	assert_kept(0, BLOCKS(2));
	assert_int_equal(balloon_collected(), 0);
	check();
}

static unsigned long count_asked(struct reclaimer *self, unsigned long frames)
{
	(void)self;
	(void)frames;
	nr_asked++;
	return 0;
}

static void assert_event(enum balloon_event_kind kind, unsigned long frames)
{
	struct balloon_event event;

	assert_true(balloon_event_get(0, &event));
	assert_int_equal(event.kind, kind);
	assert_int_equal(event.frames, frames);
}

/* While the target stays, they are not asked again for nothing before a pause. */
static void caches_are_asked_at_a_new_target_and_after_a_pause(void **state)
{
	static struct reclaimer cache = {.name = "cache", .release = count_asked};
	uint64_t wait;

	(void)state;
	reclaim_register(&cache);
	nr_asked = 0;
	assert_true(hold(kernel_mm.pages.nr_free - 100));
	want(BASE, RAM / 2);
	balloon_work_step();
	assert_int_equal(nr_asked, 1);
	assert_event(BALLOON_RECLAIMED, 0);
	want(BASE, RAM / 2 - 1);
	balloon_work_step();
	assert_int_equal(nr_asked, 2);
	wait = work();
	assert_int_equal(nr_asked, 2);
	assert_int_equal(balloon_result(), -ENOSPC);
	linux_stop_clock(clock_ns() + wait);
	balloon_work_step();
	assert_int_equal(nr_asked, 3);
	let_go(nr_held);
}

static void a_new_target_is_tried_at_once(void **state)
{
	unsigned long calls;

	(void)state;
	host[BASE].budget = 0;
	want(BASE, BASE_MAX);
	work();
	calls = host[BASE].calls;
	balloon_work_step();
	assert_int_equal(host[BASE].calls, calls);
	assert_int_equal(balloon_result(), -EAGAIN);
	host[BASE].budget = ~0UL;
	want(BASE, RAM - 10);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(stats(0).present, RAM - 10);
	check();
}

/* What shortage brought in goes later; once the target moves, at once. */
static void a_new_target_keeps_nothing_for_shortage(void **state)
{
	(void)state;
	want(BASE, RAM);
	work();
	assert_true(hold(kernel_mm.pages.nr_free));
	assert_int_equal(mm_oom(0), 0);
	let_go(nr_held);
	assert_true(stats(0).over_target > 0);
	assert_int_equal(stats(0).over_target, stats(0).present - RAM);
	assert_in_range(work(), 1, POLICY_S);
	assert_int_equal(balloon_result(), -EAGAIN);
	assert_int_equal(stats(0).over_target, stats(0).present - RAM);
	want(BASE, RAM - 1);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(stats(0).over_target, 0);
	assert_int_equal(stats(0).present, RAM - 1);
	check();
}

/* A part at a time, when memory was not short for a while; all of it is extra until it goes. */
static void what_shortage_brought_in_goes_slowly(void **state)
{
	unsigned long before, extra;

	(void)state;
	want(BASE, RAM);
	assert_true(hold(kernel_mm.pages.nr_free));
	assert_int_equal(mm_oom(0), 0);
	let_go(nr_held);
	work();
	extra = stats(0).over_target;
	assert_true(extra > BLOCKS(2));
	for (uint64_t pause = POLICY_QUIET; extra > BLOCKS(1); pause = POLICY_SLOW) {
		before = extra;
		linux_stop_clock(clock_ns() + pause - 1);
		work();
		assert_int_equal(stats(0).over_target, before);
		linux_stop_clock(clock_ns() + 1);
		work();
		extra = stats(0).over_target;
		assert_in_range(before - extra, 1, MAX(before / POLICY_SLOW_PART, BLOCK_FRAMES));
		assert_int_equal(stats(0).present, RAM + extra);
	}
	check();
}

/* The target is not the news any more that would end what shortage brings in. */
static void shortage_after_a_new_target_is_beyond_that(void **state)
{
	unsigned long extra;

	(void)state;
	assert_true(hold(kernel_mm.pages.nr_free));
	want(BASE, RAM);
	assert_int_equal(mm_oom(0), 0);
	extra = stats(0).over_target;
	assert_true(extra > 0);
	let_go(nr_held);
	work();
	assert_int_equal(stats(0).over_target, extra);
	balloon_drop_over_target();
	assert_int_equal(stats(0).over_target, 0);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(stats(0).present, RAM);
	check();
}

static void to_drop_what_is_extra_ends_a_pause(void **state)
{
	(void)state;
	host[BASE].err = -EIO;
	want(BASE, RAM - 10);
	assert_in_range(work(), 1, POLICY_S);
	host[BASE].err = 0;
	assert_in_range(balloon_work_step(), 1, POLICY_S);
	balloon_drop_over_target();
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(stats(0).present, RAM - 10);
	check();
}

/* However long it stays so. */
static void each_target_out_of_reach_is_logged_once(void **state)
{
	(void)state;
	assert_true(hold(kernel_mm.pages.nr_free - 100));
	for (unsigned long target = 3; target; target--) {
		said_start();
		want(BASE, target);
		work_for(10 * POLICY_S);
		assert_said_once("below floor");
		assert_int_equal(balloon_result(), -ENOSPC);
	}
	balloon_target_none();
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(balloon_result(), 0);
	let_go(nr_held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_to_be_followed_wakes_the_thread, start_late),
		cmocka_unit_test_setup(a_step_under_way_lets_no_other_begin, start_late),
		cmocka_unit_test_setup(what_was_to_go_and_stays_is_an_event, start_late),
		cmocka_unit_test_setup(caches_are_asked_at_a_new_target_and_after_a_pause,
				       start_late),
		cmocka_unit_test_setup(a_new_target_is_tried_at_once, start_late),
		cmocka_unit_test_setup(a_new_target_keeps_nothing_for_shortage, start_late),
		cmocka_unit_test_setup(what_shortage_brought_in_goes_slowly, start_late),
		cmocka_unit_test_setup(shortage_after_a_new_target_is_beyond_that, start_late),
		cmocka_unit_test_setup(to_drop_what_is_extra_ends_a_pause, start_late),
		cmocka_unit_test_setup(each_target_out_of_reach_is_logged_once, start_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
