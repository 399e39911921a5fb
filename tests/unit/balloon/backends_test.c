/* SPDX-License-Identifier: MIT */
/* Several backends at once: each frame goes back to who brought it, and each target is followed. */
#include "backends.h"

static void each_target_is_followed_and_moves_no_other(void **state)
{
	(void)state;
	want(BLOCKWISE, BLOCKS(10));
	work();
	assert_int_equal(present(), RAM + BLOCKS(10));
	check();
	want(WIDE, BLOCKS(12));
	work();
	assert_int_equal(present(), RAM + BLOCKS(22));
	want(BASE, RAM - 1000);
	work();
	assert_int_equal(host[BASE].count, RAM - 1000 + ONLY_HOSTS);
	assert_int_equal(present(), RAM - 1000 + BLOCKS(22));
	want(BLOCKWISE, BLOCKS(3));
	work();
	assert_int_equal(present(), RAM - 1000 + BLOCKS(15));
	want(WIDE, 0);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(present(), RAM - 1000 + BLOCKS(3));
	assert_int_equal(balloon_result(), 0);
	check();
}

static void all_are_followed_together(void **state)
{
	(void)state;
	want(BASE, BASE_MAX);
	want(BLOCKWISE, OWN_FRAMES);
	want(WIDE, OWN_FRAMES);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(present(), BASE_MAX + 2 * OWN_FRAMES);
	check();
	/* Memory that held data. */
	assert_true(hold(present() / 2));
	let_go(nr_held);
	want(BASE, BLOCKS(5));
	want(BLOCKWISE, BLOCKS(7));
	want(WIDE, UNIT);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(present(), BLOCKS(12) + UNIT);
	check();
}

static void a_target_between_two_units_is_the_lower(void **state)
{
	(void)state;
	want(WIDE, 3 * UNIT - 1);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(host[WIDE].count, 2 * UNIT);
	want(WIDE, UNIT + 1);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(host[WIDE].count, UNIT);
	want(WIDE, 2 * UNIT - 1);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(host[WIDE].count, UNIT);
	want(WIDE, 1);
	assert_int_equal(work(), POLICY_NEVER);
	assert_int_equal(host[WIDE].count, 0);
	check();
}

static void absurd_targets_do_no_harm(void **state)
{
	(void)state;
	want(WIDE, ~0UL);
	want(BLOCKWISE, ~0UL - 1);
	want(BASE, ~0UL - ONLY_HOSTS);
	work_for(2 * POLICY_S);
	assert_int_equal(present(), BASE_MAX + 2 * OWN_FRAMES);
	assert_int_equal(balloon_result(), -ENOSPC);
	check();
}

/* One floor for all: what each may give is what the whole guest can spare. */
static void none_goes_below_the_floor_of_the_whole_guest(void **state)
{
	(void)state;
	want(BLOCKWISE, BLOCKS(10));
	want(WIDE, BLOCKS(12));
	work();
	balloon_floor_set(RAM + BLOCKS(15) + 3);
	want(WIDE, 0);
	want(BLOCKWISE, 0);
	want(BASE, 0);
	work_for(3 * POLICY_S);
	assert_int_equal(present(), RAM + BLOCKS(15) + 3);
	check();
	balloon_floor_set(0);
	work_for(3 * POLICY_S);
	assert_int_equal(host[WIDE].count + host[BLOCKWISE].count, 0);
	assert_true(present() < BLOCKS(3));
	check();
}

static void what_is_in_use_stays_until_it_is_free(void **state)
{
	unsigned long pinned;

	(void)state;
	want(BLOCKWISE, OWN_FRAMES);
	work();
	assert_true(hold(RAM));
	want(BASE, 0);
	want(BLOCKWISE, 0);
	work_for(3 * POLICY_S);
	assert_int_equal(balloon_result(), -ENOSPC);
	pinned = host[BLOCKWISE].count;
	assert_true(pinned > 0 && pinned < OWN_FRAMES);
	check();
	let_go(nr_held);
	work_for(2 * POLICY_S);
	assert_int_equal(host[BLOCKWISE].count, 0);
	check();
}

/* Of those that are not there: what memory that comes back would hold. */
static unsigned long count_written(const uint8_t *before)
{
	unsigned long written = 0;

	for (unsigned long frame = 0; frame < NR_FRAMES; frame++) {
		const uint64_t *page = pfn_to_virt(PFN(frame));

		if (!before[frame] && owner[frame])
			written += page[0] || page[PAGE_SIZE / sizeof(*page) - 1];
	}
	return written;
}

static void what_goes_takes_none_of_our_data_along(void **state)
{
	static uint8_t before[NR_FRAMES];

	(void)state;
	for (int i = BASE; i < NR_HOSTS; i++)
		scrub(i, true);
	want(BASE, BASE_MAX);
	want(BLOCKWISE, OWN_FRAMES);
	want(WIDE, OWN_FRAMES);
	work();
	assert_true(hold(kernel_mm.pages.nr_free - 3000));
	for (unsigned long i = 0; i < nr_held; i++)
		memset(held[i], (int)i | 1, PAGE_SIZE);
	let_go(nr_held);
	want(BASE, BLOCKS(6) + 77);
	want(BLOCKWISE, BLOCKS(5));
	want(WIDE, UNIT);
	work();
	check();
	memcpy(before, owner, sizeof(before));
	want(BASE, BASE_MAX);
	want(BLOCKWISE, OWN_FRAMES);
	want(WIDE, OWN_FRAMES);
	work();
	check();
	assert_int_equal(count_written(before), 0);
}

/* There, or kept above by tables and descriptors that were made of its frames. */
static void assert_is_at(int who, unsigned long frames)
{
	if (host[who].count == frames)
		return;
	assert_true(host[who].count > frames);
	assert_int_equal(mm_whole_granules(&kernel_mm, owner_of(who), host[who].unit, 1), 0);
}

static void a_storm_of_targets_and_use_ends_at_the_last(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 3000; i++) {
		int who = (int)random_below(NR_HOSTS);

		if (random_one_in(3))
			want(who, random_below(who ? OWN_FRAMES : BASE_MAX));
		if (random_one_in(20))
			host[who].err = random_one_in(2) ? 0 : -EIO;
		if (random_one_in(20))
			host[who].budget = random_one_in(2) ? ~0UL : random_below(BLOCKS(9));
		if (random_one_in(2))
			hold(random_below(2000));
		else
			let_go(random_below(2000));
		for (unsigned long turns = random_below(9); turns; turns--)
			balloon_work_step();
		linux_stop_clock(clock_ns() + random_below(POLICY_S));
		if (random_one_in(50))
			check();
	}
	let_go(nr_held);
	for (int i = 0; i < NR_HOSTS; i++) {
		host[i].err = 0;
		host[i].budget = ~0UL;
		want(i, BLOCKS(8) + 8 * (unsigned long)i);
	}
	work_for(3 * POLICY_S);
	assert_int_equal(host[BASE].count, BLOCKS(8) + ONLY_HOSTS);
	assert_is_at(BLOCKWISE, BLOCKS(8));
	assert_is_at(WIDE, BLOCKS(8));
	check();
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_target_is_followed_and_moves_no_other),
		TEST(all_are_followed_together),
		TEST(a_target_between_two_units_is_the_lower),
		TEST(absurd_targets_do_no_harm),
		TEST(none_goes_below_the_floor_of_the_whole_guest),
		TEST(what_is_in_use_stays_until_it_is_free),
		TEST(what_goes_takes_none_of_our_data_along),
		TEST(a_storm_of_targets_and_use_ends_at_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
