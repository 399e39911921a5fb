/* SPDX-License-Identifier: MIT */
/* What is counted where a host tells little: of a release that falls short, of a ceiling too high.
 */
#include "backends.h"

/* Of single frames just those go that the host took. */
static void of_single_frames_none_is_lost_that_the_host_did_not_take(void **state)
{
	unsigned long moved;

	(void)state;
	host[BASE].budget = 60;
	host[BASE].mute = true;
	assert_int_equal(balloon_shrink(100, &moved), 0);
	assert_int_equal(moved, 60);
	assert_int_equal(present(), RAM - 60);
	host[BASE].silence = 0;
	assert_int_equal(balloon_refresh(), 0);
	assert_int_equal(stats(0).lost, 0);
	check();
}

static void of_units_none_is_lost_that_the_host_did_not_take(void **state)
{
	(void)state;
	want(WIDE, 3 * UNIT);
	work();
	host[WIDE].budget = UNIT;
	host[WIDE].mute = true;
	want(WIDE, 0);
	work();
	assert_int_equal(host[WIDE].count, 2 * UNIT);
	check();
	host[WIDE].mute = false;
	host[WIDE].silence = 0;
	host[WIDE].budget = ~0UL;
	work_for(2 * POLICY_S);
	assert_int_equal(host[WIDE].count, 0);
	assert_int_equal(stats(1).lost, 0);
	check();
}

/* What was scrubbed for nothing twice is not offered once more at once. */
static void a_host_that_takes_no_blocks_is_offered_frames_for_a_while(void **state)
{
	(void)state;
	linux_stop_clock(1000 * POLICY_S);
	host[BASE].no_blocks = true;
	want(BASE, RAM - BLOCKS(8));
	work_for(POLICY_S / 2);
	assert_int_equal(stats(0).present, RAM - BLOCKS(8));
	assert_int_equal(host[BASE].blocks_offered, 2);
	check();
}

static void assert_counts(unsigned long came, unsigned long gone)
{
	assert_int_equal(stats(0).grown, came);
	assert_int_equal(stats(0).held, gone);
}

/* What came since boot, and what went and did not come again; of each backend. */
static void what_comes_and_goes_is_counted(void **state)
{
	unsigned long moved;

	(void)state;
	assert_counts(0, 0);
	assert_int_equal(balloon_shrink(100, &moved), 0);
	assert_counts(0, 100);
	assert_int_equal(balloon_shrink(BLOCKS(1), &moved), 0);
	assert_counts(0, BLOCKS(1) + 100);
	assert_int_equal(balloon_grow(30, &moved), 0);
	assert_counts(30, BLOCKS(1) + 70);
	want(BASE, RAM + 5);
	work();
	assert_counts(BLOCKS(1) + 105, 0);
	want(WIDE, 3 * UNIT);
	work();
	want(WIDE, UNIT);
	work();
	assert_counts(BLOCKS(1) + 105, 0);
	assert_int_equal(stats(1).grown, 3 * UNIT);
	assert_int_equal(stats(1).held, 2 * UNIT);
	check();
}

/* A step brings something, or is refused. */
static void steps_are_counted(void **state)
{
	unsigned long moved;

	(void)state;
	assert_int_equal(balloon_grow(1, &moved), 0);
	assert_int_equal(stats(0).steps, 1);
	assert_int_equal(stats(0).refused, 0);
	host[BASE].budget = 0;
	assert_int_equal(balloon_grow(1, &moved), -EAGAIN);
	assert_int_equal(stats(0).steps, 1);
	assert_int_equal(stats(0).refused, 1);
}

static void assert_refresh_says(const char *text)
{
	said_start();
	assert_int_equal(balloon_refresh(), 0);
	if (text)
		assert_said_once(text);
	else
		assert_said_nothing();
}

static void a_ceiling_beyond_the_direct_map_is_said_once(void **state)
{
	const char *text = "exceeds the direct map";
	struct mm_stats have;

	(void)state;
	mm_stats_get(&have);
	host[BASE].ceiling = have.max + ONLY_HOSTS;
	assert_refresh_says(NULL);
	host[BASE].ceiling++;
	assert_refresh_says(text);
	assert_refresh_says(NULL);
	host[BASE].ceiling++;
	assert_refresh_says(text);
	host[BASE].ceiling = BASE_MAX;
	assert_refresh_says(NULL);
}

static void each_loss_is_said_by_its_own_number(void **state)
{
	(void)state;
	host[BASE].count += 3;
	assert_refresh_says("balloon: 3 frames leaked");
	host[BASE].count += 4;
	assert_refresh_says("balloon: 4 frames leaked");
	assert_refresh_says(NULL);
	assert_int_equal(stats(0).lost, 7);
	host[BASE].count -= 7;
	assert_refresh_says(NULL);
	assert_int_equal(stats(0).lost, 0);
}

static void without_an_answer_about_the_ceiling_nothing_is_asked_for(void **state)
{
	unsigned long moved;

	(void)state;
	for (int i = BASE; i < NR_HOSTS; i++)
		host[i].no_ceiling = -EIO;
	assert_int_equal(balloon_grow(BLOCKS(1), &moved), -EIO);
	for (int i = BASE; i < NR_HOSTS; i++)
		assert_int_equal(host[i].calls, 0);
	check();
}

static void assert_asking_all(int err)
{
	assert_int_equal(balloon_refresh(), err);
	assert_int_equal(balloon_resume(), err);
}

static void to_ask_all_fails_if_any_host_does_not_answer(void **state)
{
	(void)state;
	for (int i = BASE; i < NR_HOSTS; i++) {
		host[i].silence = -EIO;
		assert_asking_all(-EIO);
		host[i].silence = 0;
		host[i].no_ceiling = -EIO;
		assert_asking_all(-EIO);
		host[i].no_ceiling = 0;
		assert_asking_all(0);
	}
}

/* After a restore another host may have what the last one was short of. */
static void after_a_resume_no_pause_is_kept(void **state)
{
	(void)state;
	for (int i = BASE; i < NR_HOSTS; i++)
		host[i].budget = 0;
	assert_false(hold(BASE_MAX));
	for (int i = BASE; i < NR_HOSTS; i++)
		host[i].budget = ~0UL;
	assert_false(hold(1));
	assert_int_equal(balloon_resume(), 0);
	assert_true(hold(1));
	check();
}

static void a_range_that_lost_frames_is_said_to_bring_nothing_any_more(void **state)
{
	(void)state;
	host[WIDE].budget = UNIT;
	want(WIDE, 2 * UNIT);
	linux_fail_commit(1);
	balloon_work_step();
	linux_fail_commit(0);
	assert_int_equal(stats(1).lost, UNIT);
	assert_non_null(strstr(said_last, "growth disabled"));
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_comes_and_goes_is_counted),
		TEST(steps_are_counted),
		TEST(of_single_frames_none_is_lost_that_the_host_did_not_take),
		TEST(of_units_none_is_lost_that_the_host_did_not_take),
		TEST(a_host_that_takes_no_blocks_is_offered_frames_for_a_while),
		TEST(a_ceiling_beyond_the_direct_map_is_said_once),
		TEST(each_loss_is_said_by_its_own_number),
		TEST(without_an_answer_about_the_ceiling_nothing_is_asked_for),
		TEST(to_ask_all_fails_if_any_host_does_not_answer),
		TEST(after_a_resume_no_pause_is_kept),
		TEST(a_range_that_lost_frames_is_said_to_bring_nothing_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
