/* SPDX-License-Identifier: MIT */
/* Who keeps caches is asked on the way to the target, and at the ceiling: when it helps, no more.
 */
#include "cache.h"

/* What the test holds is the cache. */
static unsigned long release_held(struct reclaimer *self, unsigned long frames)
{
	unsigned long nr = MIN(frames, nr_held);

	count_asked(self);
	let_go(nr);
	return nr;
}

static unsigned long release_nothing(struct reclaimer *self, unsigned long frames)
{
	count_asked(self);
	return frames;
}

/* Takes all there is, wants to grow, and to be asked itself. */
static unsigned long release_greedily(struct reclaimer *self, unsigned long frames)
{
	unsigned long calls = fake_events().calls;

	hold(free_frames());
	assert_null(page_alloc(0, PAGE_FIXED));
	assert_int_equal(reclaim(frames), 0);
	assert_int_equal(fake_events().calls, calls);
	return release_held(self, nr_held);
}

static void caches_are_asked_when_free_blocks_are_not_enough(void **state)
{
	struct cache cache;

	(void)state;
	start_cache(&cache, release_held, 40 * MIB);
	balloon_target_set(50 * MIB);
	work();
	assert_int_equal(cache.nr_asked, 0);
	balloon_target_set(20 * MIB + 1);
	work();
	assert_at(20 * MIB + 1);
	assert_true(cache.nr_asked > 0);
	/* No more than was wanted. */
	assert_true(nr_held > 15 * MIB);
}

static void caches_that_have_nothing_are_asked_seldom(void **state)
{
	struct cache cache;

	(void)state;
	start_cache(&cache, release_nothing, 40 * MIB);
	balloon_target_set(20 * MIB);
	work_for(2 * POLICY_S);
	assert_int_equal(present(), stats().floor);
	cache.nr_asked = 0;
	work_for(20 * POLICY_S);
	assert_in_range(cache.nr_asked, 19, 21);
	fake_check();
}

static void memory_does_not_grow_to_be_let_go(void **state)
{
	struct cache cache;

	(void)state;
	start_cache(&cache, release_greedily, 40 * MIB);
	balloon_target_set(10 * MIB);
	work();
	assert_at(10 * MIB);
	assert_true(cache.nr_asked > 0);
}

/* The host has no more: it is the caches' turn, before somebody goes without. */
static void caches_are_asked_before_an_allocation_fails(void **state)
{
	struct cache cache;
	void *page;

	(void)state;
	fake_set_ceiling(setup.frames);
	start_cache(&cache, release_held, free_frames());
	assert_int_equal(cache.nr_asked, 0);
	page = fake_take(0, PAGE_FIXED);
	assert_non_null(page);
	assert_int_equal(cache.nr_asked, 1);
	fake_give(page, 0);
	fake_check();
}

/* ---- what caches cannot help is not asked of them ---- */

/* Whatever is cached meanwhile: nothing below the user's floor can go. */
static void a_floor_of_the_users_empties_no_cache(void **state)
{
	struct cache cache;

	(void)state;
	balloon_floor_set(64 * MIB);
	start_cache(&cache, release_held, 40 * MIB);
	balloon_target_set(32 * MIB);
	for (int i = 0; i < 10; i++) {
		work_for(POLICY_S);
		hold(1 * MIB);
	}
	assert_int_equal(cache.nr_asked, 0);
	assert_int_equal(present(), 64 * MIB);
	/* They are asked for what lies above it alone. */
	balloon_floor_set(48 * MIB);
	work_for(POLICY_S);
	assert_int_equal(present(), 48 * MIB);
	assert_in_range(nr_held, 46 * MIB, 48 * MIB);
	fake_check();
}

/* 96 MiB may be had, the direct map holds 1280: 128 MiB are no use to ask for, nor are 4 GiB. */
static void what_can_never_be_had_empties_no_cache(void **state)
{
	struct cache cache;

	(void)state;
	start_cache(&cache, release_held, 40 * MIB);
	assert_null(page_alloc(15, PAGE_FIXED));
	assert_int_equal(fake_events().calls, 1);
	assert_null(page_alloc(PAGE_ORDER_MAX, PAGE_FIXED));
	assert_null(page_alloc(PAGE_ORDER_MAX + 1, PAGE_FIXED));
	assert_int_equal(fake_events().calls, 1);
	assert_int_equal(cache.nr_asked, 0);
	fake_check();
}

static unsigned long release_seven(struct reclaimer *self, unsigned long frames)
{
	return release_held(self, MIN(frames, 7UL));
}

/* However little it lets go at a time: what it has goes before the guest is stuck. */
static void a_cache_that_lets_go_little_at_a_time_is_asked_until_it_has_nothing(void **state)
{
	struct cache cache;

	(void)state;
	start_cache(&cache, release_seven, 40 * MIB);
	balloon_target_set(20 * MIB);
	work();
	assert_at(20 * MIB);
	assert_said_nothing();
}

/* ---- at the ceiling ---- */

#define ALLOCATIONS 8000UL

/* Neither the host nor the cache is asked for each of them. */
static void at_the_ceiling_caches_let_go_in_batches(void **state)
{
	struct cache cache;
	unsigned long calls;

	(void)state;
	fake_set_ceiling(setup.frames);
	start_cache(&cache, release_held, free_frames());
	calls = fake_events().calls;
	for (unsigned long i = 0; i < ALLOCATIONS; i++)
		assert_non_null(fake_take(0, PAGE_FIXED));
	assert_true(fake_events().calls - calls <= ALLOCATIONS / 100);
	assert_true(cache.nr_asked <= ALLOCATIONS / 100);
	fake_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(caches_are_asked_when_free_blocks_are_not_enough, start),
		cmocka_unit_test_setup(caches_that_have_nothing_are_asked_seldom, start),
		cmocka_unit_test_setup(memory_does_not_grow_to_be_let_go, start),
		cmocka_unit_test_setup(caches_are_asked_before_an_allocation_fails, start),
		cmocka_unit_test_setup(a_floor_of_the_users_empties_no_cache, start),
		cmocka_unit_test_setup(what_can_never_be_had_empties_no_cache, start),
		cmocka_unit_test_setup(
			a_cache_that_lets_go_little_at_a_time_is_asked_until_it_has_nothing, start),
		cmocka_unit_test_setup(at_the_ceiling_caches_let_go_in_batches, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
