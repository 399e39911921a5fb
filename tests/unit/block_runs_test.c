/* SPDX-License-Identifier: MIT */
/* Runs of blocks, against a search that looks at each block; and how much of 512 GiB is looked at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mm/block_runs.h"
#include "random.h"

#define GROUPS	   37UL
#define BLOCKS	   (GROUPS * BLOCK_GROUP)
#define OPERATIONS 20000UL

static struct block_runs runs;
static struct block_group group[GROUPS + 1];
static bool in[BLOCKS];
static unsigned long known;

static int start(void **state)
{
	(void)state;
	memset(group, 0xa5, sizeof(group));
	memset(in, 0, sizeof(in));
	block_runs_init(&runs, group);
	known = 0;
	return 0;
}

static void extend(unsigned long groups)
{
	known += groups * BLOCK_GROUP;
	block_runs_extend(&runs, known);
	assert_int_equal(runs.nr * BLOCK_GROUP, known);
}

static void change(unsigned long block, bool to)
{
	block_runs_change(&runs, block, to);
	in[block] = to;
}

/* The lowest run of `nr` that begins at a multiple of `step`; BLOCKS: none. */
static unsigned long plain_find(unsigned long nr, unsigned long step)
{
	unsigned long have = 0, found = BLOCKS;

	for (unsigned long i = known; i-- > 0;) {
		have = in[i] ? have + 1 : 0;
		if (have >= nr && i % step == 0)
			found = i;
	}
	return found;
}

static void assert_found(unsigned long nr)
{
	unsigned long block = BLOCKS;

	assert_int_equal(block_runs_find(&runs, nr, &block), plain_find(nr, 1) != BLOCKS);
	assert_int_equal(block, plain_find(nr, 1));
}

static void assert_aligned_found(unsigned int order)
{
	unsigned long block = BLOCKS, nr = 1UL << order;

	assert_int_equal(block_runs_find_aligned(&runs, order, &block),
			 plain_find(nr, nr) != BLOCKS);
	assert_int_equal(block, plain_find(nr, nr));
}

static void assert_all_found(void)
{
	for (unsigned long nr = 1; nr <= BLOCKS + 1; nr += 1 + nr / 3)
		assert_found(nr);
	for (unsigned int order = 0; order < 13; order++)
		assert_aligned_found(order);
}

static void an_empty_set_has_no_run(void **state)
{
	(void)state;
	assert_all_found();
	extend(1);
	assert_all_found();
}

/* Blocks come side by side while the set grows by a group at a time. */
static void a_run_goes_over_any_number_of_groups(void **state)
{
	(void)state;
	for (unsigned long g = 0; g < GROUPS; g++) {
		extend(1);
		for (unsigned long i = 0; i < BLOCK_GROUP; i++)
			change(g * BLOCK_GROUP + i, true);
		assert_all_found();
	}
	for (unsigned long i = 0; i < BLOCKS; i += 1 + random_below(60)) {
		change(i, false);
		assert_all_found();
	}
}

static void nothing_is_kept_beyond_the_last_group(void **state)
{
	struct block_group beyond;

	(void)state;
	memset(&beyond, 0xa5, sizeof(beyond));
	for (unsigned long g = 0; g < GROUPS; g++) {
		extend(1);
		change(g * BLOCK_GROUP + g, true);
		assert_memory_equal(&group[g + 1], &beyond, sizeof(beyond));
	}
}

static void random_changes_agree_with_a_plain_search(void **state)
{
	unsigned long share = 50;

	(void)state;
	random_start();
	for (unsigned long i = 0; i < OPERATIONS; i++) {
		if (known < BLOCKS && (!known || random_one_in(200)))
			extend(1);
		if (random_one_in(1000))
			share = random_below(101);
		for (unsigned long at = random_below(known), n = 1 + random_below(9);
		     n && at < known; n--)
			change(at++, random_below(100) < share);
		assert_found(1 + random_below(random_one_in(3) ? 200 : 9));
		assert_aligned_found((unsigned int)random_below(10));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_set_has_no_run, start),
		cmocka_unit_test_setup(a_run_goes_over_any_number_of_groups, start),
		cmocka_unit_test_setup(nothing_is_kept_beyond_the_last_group, start),
		cmocka_unit_test_setup(random_changes_agree_with_a_plain_search, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
