/* SPDX-License-Identifier: MIT */
/* Caches that are filled again as soon as they let go: what is free goes, and there is an end. */
#include "cache.h"

#define REFILLED 64U

static void *cached[REFILLED];
static unsigned long nr_cached;

static unsigned long release_cached(struct reclaimer *self, unsigned long frames)
{
	unsigned long nr = 0;

	count_asked(self);
	for (; nr_cached && nr < frames; nr++)
		fake_give(cached[--nr_cached], 0);
	return nr;
}

static void refill(void)
{
	while (nr_cached < REFILLED && (cached[nr_cached] = fake_take(0, PAGE_RECLAIMABLE)))
		nr_cached++;
}

/* Every second frame is free: no block is. */
static void fragment(void)
{
	static void *kept[HELD_MAX];
	unsigned long nr = 0;

	hold(free_frames());
	for (unsigned long i = 0; i < nr_held; i++) {
		if (i % 2)
			fake_give(held[i], 0);
		else
			kept[nr++] = held[i];
	}
	memcpy(held, kept, nr * sizeof(*kept));
	nr_held = nr;
}

/* A full cache beside single free frames, of which some are to go. */
static void start_filled(struct cache *cache)
{
	nr_cached = 0;
	fragment();
	start_cache(cache, release_cached, 0);
	refill();
	balloon_target_set(40 * MIB);
}

struct course {
	unsigned long turns, sleeps;
};

/* So much time goes by, 10 us a turn at least; `between` runs after each. */
static struct course run_for(uint64_t ns, void (*between)(void))
{
	uint64_t end = clock_ns() + ns;
	struct course course = {0};

	while (clock_ns() < end) {
		uint64_t wait = balloon_work_step();

		between();
		course.turns++;
		course.sleeps += wait != 0;
		fake_wait(MAX(MIN(wait, POLICY_S), 10000ULL));
	}
	return course;
}

static void what_is_free_goes_though_a_cache_is_filled_again(void **state)
{
	struct cache cache;
	struct course course;

	(void)state;
	start_filled(&cache);
	run_for(POLICY_S, refill);
	assert_int_equal(present(), 40 * MIB);
	/* More should go than can: it looks once a second. */
	balloon_target_set(20 * MIB);
	run_for(2 * POLICY_S, refill);
	cache.nr_asked = 0;
	course = run_for(20 * POLICY_S, refill);
	assert_in_range(cache.nr_asked, 15, 25);
	assert_true(course.turns <= 100 && course.sleeps >= 15);
	fake_check();
}

/* Filled again only in a later turn, by a little less each time: there is an end to the asking. */
static void refill_sometimes(void)
{
	static unsigned int n;

	if (++n % 3 == 0)
		refill();
}

static void it_does_not_matter_when_the_cache_is_filled_again(void **state)
{
	struct cache cache;
	struct course course;

	(void)state;
	start_filled(&cache);
	course = run_for(POLICY_S, refill_sometimes);
	assert_int_equal(present(), 40 * MIB);
	assert_true(course.turns < 200);
	fake_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_free_goes_though_a_cache_is_filled_again, start),
		cmocka_unit_test_setup(it_does_not_matter_when_the_cache_is_filled_again, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
