/* SPDX-License-Identifier: MIT */
/* Blocks whose contents go while they stay: which are set aside, in which order, and what is said
 * of them afterwards. */
#include <mm/page.h>
#include <mm/report.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/memory.h"
#include "tests/unit/random.h"

#define NR_BLOCKS 32UL

static struct report_step step;

static int start(void **state)
{
	(void)state;
	memory_start(NR_BLOCKS * BLOCK_FRAMES);
	return 0;
}

/* Uses all of memory once, and frees it. */
static void use_all(void)
{
	memory_take_all_but(0);
	memory_release();
}

static void check(void)
{
	assert_null(page_alloc_check(&kernel_mm.pages));
}

static void memory_that_was_never_used_is_never_reported(void **state)
{
	(void)state;
	assert_false(report_begin(&kernel_mm, &step, 100));
	assert_int_equal(step.nr, 0);
	check();
}

static void used_blocks_are_set_aside_in_ascending_order(void **state)
{
	unsigned long whole;

	(void)state;
	use_all();
	whole = page_alloc_nr_whole(&kernel_mm.pages);
	assert_true(report_begin(&kernel_mm, &step, 100));
	assert_int_equal(step.nr, whole);
	assert_int_equal(page_alloc_nr_whole(&kernel_mm.pages), 0);
	for (unsigned int i = 1; i < step.nr; i++)
		assert_true(step.block[i - 1].v < step.block[i].v);
	check();
}

static void what_was_reported_counts_as_never_used(void **state)
{
	unsigned long whole;

	(void)state;
	use_all();
	whole = page_alloc_nr_whole(&kernel_mm.pages);
	assert_true(report_begin(&kernel_mm, &step, 100));
	report_finish(&kernel_mm, &step, true);
	assert_int_equal(page_alloc_nr_whole(&kernel_mm.pages), whole);
	assert_false(report_begin(&kernel_mm, &step, 100));
	check();
}

static void what_was_not_reported_is_asked_for_again(void **state)
{
	unsigned long whole;

	(void)state;
	use_all();
	whole = page_alloc_nr_whole(&kernel_mm.pages);
	assert_true(report_begin(&kernel_mm, &step, 100));
	report_finish(&kernel_mm, &step, false);
	assert_true(report_begin(&kernel_mm, &step, 100));
	assert_int_equal(step.nr, whole);
	report_finish(&kernel_mm, &step, false);
	check();
}

static void no_more_blocks_than_wanted_are_set_aside(void **state)
{
	(void)state;
	use_all();
	assert_true(report_begin(&kernel_mm, &step, 3));
	assert_int_equal(step.nr, 3);
	report_finish(&kernel_mm, &step, true);
	check();
}

/* A block that is used once more after its report is a used one once more. */
static void a_use_after_the_report_is_seen(void **state)
{
	void *block;

	(void)state;
	use_all();
	assert_true(report_begin(&kernel_mm, &step, 100));
	report_finish(&kernel_mm, &step, true);
	block = page_alloc(BLOCK_ORDER, PAGE_FIXED);
	assert_non_null(block);
	page_free(block, BLOCK_ORDER);
	assert_true(report_begin(&kernel_mm, &step, 100));
	assert_int_equal(step.nr, 1);
	assert_int_equal(step.block[0].v, virt_to_pfn(block).v);
	report_finish(&kernel_mm, &step, true);
	check();
}

#define HELD_MAX 64U

/* Whatever is allocated, freed and reported: a reported block never holds what somebody has. */
static void random_operations_report_only_what_is_free(void **state)
{
	static struct {
		pfn_t first;
		unsigned int order;
	} held[HELD_MAX];
	unsigned int nr = 0;

	(void)state;
	random_start();
	for (unsigned long i = 0; i < 100000; i++) {
		unsigned int order = (unsigned int)random_below(BLOCK_ORDER + 1);

		if (random_one_in(50)) {
			bool some = report_begin(&kernel_mm, &step,
						 (unsigned int)random_below(NR_BLOCKS));

			for (unsigned int b = 0; some && b < step.nr; b++)
				for (unsigned int h = 0; h < nr; h++)
					assert_true(pfn_block(held[h].first) !=
						    pfn_block(step.block[b]));
			report_finish(&kernel_mm, &step, random_one_in(2));
		} else if (nr < HELD_MAX && random_one_in(2)) {
			if (!page_alloc_take(&kernel_mm.pages, order, PAGE_FIXED, &held[nr].first))
				held[nr++].order = order;
		} else if (nr) {
			unsigned int h = (unsigned int)random_below(nr);

			page_alloc_give(&kernel_mm.pages, held[h].first, 1UL << held[h].order);
			held[h] = held[--nr];
		}
		if (random_one_in(1000))
			check();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(memory_that_was_never_used_is_never_reported, start),
		cmocka_unit_test_setup(used_blocks_are_set_aside_in_ascending_order, start),
		cmocka_unit_test_setup(what_was_reported_counts_as_never_used, start),
		cmocka_unit_test_setup(what_was_not_reported_is_asked_for_again, start),
		cmocka_unit_test_setup(no_more_blocks_than_wanted_are_set_aside, start),
		cmocka_unit_test_setup(a_use_after_the_report_is_seen, start),
		cmocka_unit_test_setup(random_operations_report_only_what_is_free, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
