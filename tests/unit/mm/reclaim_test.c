/* SPDX-License-Identifier: MIT */
/* Who keeps what can be let go is asked before an allocation fails; whatever it does when asked. */
#include <lib/errno.h>
#include <mm/page.h>
#include <mm/reclaim.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/memory.h"
#include "tests/unit/said.h"

#define CACHE_MAX 2048

/* A cache of single frames. */
struct cache {
	struct reclaimer reclaimer;
	void *page[CACHE_MAX];
	unsigned int nr, nr_asked;
	unsigned long wanted; /* when it was asked last */
};

static struct cache first, second;

static int start(void **state)
{
	(void)state;
	said_start();
	memory_start(8192);
	first = second = (struct cache){0};
	return 0;
}

static unsigned long release_some(struct reclaimer *self, unsigned long frames)
{
	struct cache *cache = container_of(self, struct cache, reclaimer);
	unsigned long freed = 0;

	cache->nr_asked++;
	cache->wanted = frames;
	for (; cache->nr && freed < frames; freed++)
		page_free(cache->page[--cache->nr], 0);
	return freed;
}

static unsigned long release_nothing(struct reclaimer *self, unsigned long frames)
{
	struct cache *cache = container_of(self, struct cache, reclaimer);

	cache->nr_asked++;
	return frames; /* and that is not true */
}

/* Wants memory itself, which is short. */
static unsigned long release_after_allocating(struct reclaimer *self, unsigned long frames)
{
	assert_true(reclaim_is_running());
	assert_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(reclaim(1), 0);
	return release_some(self, frames);
}

static unsigned long release_and_leave(struct reclaimer *self, unsigned long frames)
{
	reclaim_unregister(&second.reclaimer);
	reclaim_unregister(self);
	return release_some(self, frames);
}

/* Frees as much as it takes again. */
static unsigned long release_and_take(struct reclaimer *self, unsigned long frames)
{
	struct cache *cache = container_of(self, struct cache, reclaimer);

	release_some(self, frames);
	while (frames-- && (cache->page[cache->nr] = page_alloc(0, PAGE_FIXED)))
		cache->nr++;
	return 0;
}

/* Goes to the end of the queue. */
static unsigned long release_and_go_last(struct reclaimer *self, unsigned long frames)
{
	struct cache *cache = container_of(self, struct cache, reclaimer);

	(void)frames;
	if (++cache->nr_asked > 100)
		fail_msg("a pass has no end");
	reclaim_unregister(self);
	reclaim_register(self);
	return 0;
}

/* Has the other one registered, as that one does with it. */
static unsigned long release_and_fetch_the_other(struct reclaimer *self, unsigned long frames)
{
	struct reclaimer *other = self == &first.reclaimer ? &second.reclaimer : &first.reclaimer;

	reclaim_unregister(other);
	reclaim_register(other);
	return release_and_go_last(self, frames);
}

static void make_cache(struct cache *cache, unsigned int nr,
		       unsigned long (*release)(struct reclaimer *, unsigned long))
{
	cache->reclaimer.name = "test";
	cache->reclaimer.release = release;
	while (cache->nr < nr)
		assert_non_null(cache->page[cache->nr++] = page_alloc(0, PAGE_RECLAIMABLE));
	reclaim_register(&cache->reclaimer);
}

static void a_cache_is_asked_before_an_allocation_fails(void **state)
{
	(void)state;
	make_cache(&first, 3, release_some);
	assert_non_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 0);
	memory_take_all_but(0);
	/* For a part of memory, a block at most, so that the next ones need not ask. */
	assert_non_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.wanted, 8192 / 64);
	assert_int_equal(first.nr, 0);
	assert_non_null(page_alloc(0, PAGE_FIXED));
	assert_non_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 1);
	assert_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 2);
}

/* A run may take more than its size of frames that are let go here and there. */
static void a_run_is_asked_for_until_it_is_there(void **state)
{
	unsigned int blocks = 0;

	(void)state;
	make_cache(&first, 3 * BLOCK_FRAMES + 100, release_some);
	memory_take_all_but(0);
	assert_non_null(page_alloc(4, PAGE_FIXED));
	assert_true(first.nr > 2 * BLOCK_FRAMES);
	assert_non_null(page_alloc(BLOCK_ORDER, PAGE_FIXED));
	assert_true(first.nr > 0);
	while (page_alloc(BLOCK_ORDER, PAGE_FIXED))
		blocks++;
	assert_int_equal(blocks, 1);
	assert_int_equal(first.nr, 0);
}

static void they_are_asked_in_turn_for_what_is_still_missing(void **state)
{
	(void)state;
	make_cache(&first, 10, release_some);
	make_cache(&second, 100, release_some);
	assert_int_equal(reclaim(60), 60);
	assert_int_equal(first.wanted, 60);
	assert_int_equal(second.wanted, 50);
	assert_int_equal(reclaim(20), 20);
	assert_int_equal(reclaim(1000), 30);
	assert_int_equal(reclaim(1), 0);
	assert_int_equal(reclaim(0), 0);
	assert_int_equal(second.nr_asked, 4);
}

/* What they say is not believed: or an allocation would try for ever. */
static void who_frees_nothing_and_says_otherwise_ends_nothing(void **state)
{
	(void)state;
	make_cache(&first, 0, release_nothing);
	make_cache(&second, 1, release_some);
	memory_take_all_but(0);
	assert_non_null(page_alloc(0, PAGE_FIXED));
	assert_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 2);
	assert_int_equal(second.nr_asked, 2);
}

static void who_takes_again_what_it_frees_has_freed_nothing(void **state)
{
	(void)state;
	make_cache(&first, 5, release_and_take);
	memory_take_all_but(0);
	assert_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr, 5);
}

static void inside_nobody_is_asked_and_nothing_grows(void **state)
{
	(void)state;
	make_cache(&first, 2, release_after_allocating);
	make_cache(&second, 0, release_nothing);
	memory_take_all_but(0);
	assert_non_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 1);
	assert_false(reclaim_is_running());
}

static void one_may_leave_and_send_others_away(void **state)
{
	(void)state;
	make_cache(&first, 2, release_and_leave);
	make_cache(&second, 2, release_some);
	assert_int_equal(reclaim(4), 2);
	assert_int_equal(second.nr_asked, 0);
	assert_int_equal(reclaim(4), 0);
	assert_int_equal(first.nr_asked, 1);
}

static void one_that_registers_again_is_asked_once_a_pass(void **state)
{
	(void)state;
	make_cache(&first, 0, release_and_go_last);
	make_cache(&second, 1, release_some);
	for (unsigned int i = 1; i <= 3; i++) {
		reclaim(100);
		assert_int_equal(first.nr_asked, i);
		assert_int_equal(second.nr_asked, i);
	}
}

static void they_may_register_each_other(void **state)
{
	(void)state;
	make_cache(&first, 0, release_and_fetch_the_other);
	make_cache(&second, 0, release_and_fetch_the_other);
	for (unsigned int i = 1; i <= 3; i++)
		assert_int_equal(reclaim(1), 0);
	assert_in_range(first.nr_asked + second.nr_asked, 3, 6);
}

static void what_memory_cannot_hold_empties_no_cache(void **state)
{
	(void)state;
	make_cache(&first, 100, release_some);
	/* More than there is, and than there can be. */
	for (unsigned int order = 14; order <= PAGE_ORDER_MAX; order++)
		assert_null(page_alloc(order, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 0);
	/* All of it: a cache may be what is in the way. */
	assert_null(page_alloc(13, PAGE_FIXED));
	assert_true(first.nr_asked > 0);
}

static void who_left_is_not_asked(void **state)
{
	(void)state;
	make_cache(&first, 1, release_some);
	reclaim_unregister(&first.reclaimer);
	reclaim_unregister(&first.reclaimer);
	memory_take_all_but(0);
	assert_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(first.nr_asked, 0);
}

static void an_interrupt_asks_nobody(void **state)
{
	(void)state;
	make_cache(&first, 1, release_some);
	memory_take_all_but(0);
	linux_set_interrupt(true);
	assert_null(page_alloc(0, PAGE_FIXED));
	linux_set_interrupt(false);
	assert_int_equal(first.nr_asked, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cache_is_asked_before_an_allocation_fails, start),
		cmocka_unit_test_setup(a_run_is_asked_for_until_it_is_there, start),
		cmocka_unit_test_setup(they_are_asked_in_turn_for_what_is_still_missing, start),
		cmocka_unit_test_setup(who_frees_nothing_and_says_otherwise_ends_nothing, start),
		cmocka_unit_test_setup(who_takes_again_what_it_frees_has_freed_nothing, start),
		cmocka_unit_test_setup(inside_nobody_is_asked_and_nothing_grows, start),
		cmocka_unit_test_setup(one_may_leave_and_send_others_away, start),
		cmocka_unit_test_setup(one_that_registers_again_is_asked_once_a_pass, start),
		cmocka_unit_test_setup(they_may_register_each_other, start),
		cmocka_unit_test_setup(what_memory_cannot_hold_empties_no_cache, start),
		cmocka_unit_test_setup(who_left_is_not_asked, start),
		cmocka_unit_test_setup(an_interrupt_asks_nobody, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
