/* SPDX-License-Identifier: MIT */
/* Regions of devices beside an allocator that others use: random operations, each against plain
 * counts. */
#include <arch/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "owner.h"
#include "tests/unit/random.h"

#define OPERATIONS 60000UL
#define HELD_MAX   4000U

static struct held {
	pfn_t first;
	unsigned int order;
	uint64_t pattern;
} held[HELD_MAX];
static unsigned int nr_held;

static const unsigned long range[] = {0, OWN, OTHER}, unit[] = {1, 1, 4}; /* by owner */
static unsigned long have[] = {RAM_BLOCKS, 0, 0};			  /* blocks of each */

static void allocate(void)
{
	unsigned int order = random_one_in(20) ? BLOCK_ORDER : (unsigned int)random_below(6);
	struct held *h = &held[nr_held];

	if (nr_held == HELD_MAX || page_alloc_take(&kernel_mm.pages, order, PAGE_FIXED, &h->first))
		return;
	h->order = order;
	h->pattern = random_u64();
	*(uint64_t *)pfn_to_virt(h->first) = h->pattern;
	nr_held++;
}

static void release(void)
{
	unsigned int i = nr_held ? (unsigned int)random_below(nr_held) : 0;

	if (!nr_held)
		return;
	assert_true(*(uint64_t *)pfn_to_virt(held[i].first) == held[i].pattern);
	page_alloc_give(&kernel_mm.pages, held[i].first, 1UL << held[i].order);
	held[i] = held[--nr_held];
}

/* The host brings as much of it as it likes, whole units. */
static void come(unsigned int r)
{
	unsigned long nr;

	if (own_plan(r, 1 + random_below(9), unit[r]))
		return;
	nr = random_below(own_grow.nr_extents + 1) / unit[r] * unit[r];
	if (!nr) {
		grow_drop(&kernel_mm, &own_grow);
		return;
	}
	linux_fail_commit(random_one_in(10) ? 1 : 0);
	if (grow_commit(&kernel_mm, &own_grow, (unsigned int)nr))
		grow_drop(&kernel_mm, &own_grow);
	else
		have[r] += nr;
	linux_fail_commit(0);
}

/* And takes as much of it as it likes. */
static void go(unsigned int r)
{
	unsigned long nr, gone;

	own_scrub = random_one_in(8);
	nr = own_collect(r, 1 + random_below(9), unit[r]);
	for (unsigned long i = 0; i < nr; i++) {
		unsigned long block = pfn_block(own_shrink.extent[i]);

		assert_true(r ? block - range[r] < NR_OWN : block < GROWABLE + NR_GROW);
		for (unsigned int h = 0; h < nr_held && random_one_in(8); h++)
			assert_true(pfn_block(held[h].first) != block);
	}
	if (!own_shrink.order) {
		shrink_cut(&kernel_mm, &own_shrink, 0);
		return;
	}
	gone = nr ? random_below(nr + 1) / unit[r] * unit[r] : 0;
	own_go(gone);
	have[r] -= gone;
}

/* As on the machines that have such devices: a whole block takes no table, that could lie anywhere.
 */
static int start(void **state)
{
	own_without_tables = true;
	return own_start(state);
}

static void each_range_has_what_came_to_it_and_did_not_go(void **state)
{
	(void)state;
	random_start();
	for (unsigned long i = 0; i < OPERATIONS; i++) {
		unsigned int r = (unsigned int)random_below(ARRAY_SIZE(range));

		if (random_one_in(20))
			come(r);
		else if (random_one_in(20))
			go(r);
		else if (random_below(100) < 50 + (i / 5000) % 2 * 10 - 5)
			allocate();
		else
			release();
		assert_int_equal(own_present(), (have[1] + have[2]) * BLOCK_FRAMES);
		assert_int_equal(pagedb_nr_present(&kernel_mm.db),
				 (have[0] + have[1] + have[2]) * BLOCK_FRAMES);
		if (i % 1000 == 0)
			own_check();
	}
	while (nr_held)
		release();
	for (unsigned int r = 1; r < ARRAY_SIZE(range); r++) {
		mm_reserve_migrate(&kernel_mm);
		assert_int_equal(own_collect(r, NR_OWN, unit[r]), have[r]);
	}
	own_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_range_has_what_came_to_it_and_did_not_go, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
