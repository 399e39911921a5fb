/* SPDX-License-Identifier: MIT */
/* What goes in a step: how much, all of it back if the host takes none, and what is scrubbed. */
#include <arch/page.h>
#include <lib/errno.h>
#include <mm/shrink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "arch/linux/pagetable.h"
#include "tests/unit/memory.h"

/* More than two steps: 1.2 GiB, of which nothing is touched. */
#define NR_BLOCKS 600UL

static struct shrink_step step;

static int start(void **state)
{
	(void)state;
	memory_start(NR_BLOCKS * BLOCK_FRAMES);
	return 0;
}

/* Little enough to be taken frame by frame. */
#define FEW_BLOCKS 16UL

static unsigned long tables_at_start;

static int start_small(void **state)
{
	(void)state;
	memory_start(FEW_BLOCKS * BLOCK_FRAMES);
	reserve_trim(&kernel_mm.pages, RESERVE_MIN);
	tables_at_start = linux_nr_tables();
	return 0;
}

static unsigned long frames_free_or_kept(void)
{
	return kernel_mm.pages.nr_free + reserve_stash()->nr;
}

static void begin(unsigned long frames, bool blocks)
{
	const struct shrink_request want = {.frames = frames, .blocks = blocks, .granule = 1};

	shrink_begin(&kernel_mm, &step, &want);
}

/* The step takes so many extents, and gives them back. */
static void assert_takes(unsigned int nr, unsigned int order)
{
	unsigned long free = kernel_mm.pages.nr_free;

	assert_int_equal(step.order, order);
	assert_int_equal(step.nr_wanted, nr);
	assert_false(shrink_collect(&kernel_mm, &step, ~0UL, false));
	assert_int_equal(step.nr_extents, nr);
	assert_int_equal(kernel_mm.pages.nr_free, free - ((unsigned long)nr << order));
	shrink_cut(&kernel_mm, &step, 0);
	assert_int_equal(kernel_mm.pages.nr_free, free);
	assert_null(page_alloc_check(&kernel_mm.pages));
}

static void a_step_is_of_at_most_512_mib(void **state)
{
	(void)state;
	assert_true(page_alloc_nr_whole(&kernel_mm.pages) > 2UL * SHRINK_BLOCKS_MAX);
	begin(SHRINK_BLOCKS_MAX * BLOCK_FRAMES, true);
	assert_takes(SHRINK_BLOCKS_MAX, BLOCK_ORDER);
	begin((SHRINK_BLOCKS_MAX + 1) * BLOCK_FRAMES, true);
	assert_takes(SHRINK_BLOCKS_MAX, BLOCK_ORDER);
	begin(NR_BLOCKS * BLOCK_FRAMES, true);
	assert_takes(SHRINK_BLOCKS_MAX, BLOCK_ORDER);
}

static void less_than_a_block_goes_by_single_frames(void **state)
{
	(void)state;
	begin(2 * BLOCK_FRAMES - 1, true);
	assert_takes(1, BLOCK_ORDER);
	begin(BLOCK_FRAMES - 1, true);
	assert_takes(BLOCK_FRAMES - 1, 0);
	begin(NR_BLOCKS * BLOCK_FRAMES, false);
	assert_takes(BLOCK_FRAMES, 0);
}

/* Where blocks that are in use have not enough, whole ones are emptied one after the other. */
static void single_frames_open_no_more_whole_blocks_than_they_need(void **state)
{
	unsigned long before = page_alloc_nr_whole(&kernel_mm.pages);

	(void)state;
	begin(BLOCK_FRAMES - 1, false);
	while (shrink_collect(&kernel_mm, &step, 64, false))
		;
	assert_int_equal(step.nr_extents, BLOCK_FRAMES - 1);
	assert_in_range(before - page_alloc_nr_whole(&kernel_mm.pages), 0, 1);
	shrink_cut(&kernel_mm, &step, 0);
	assert_int_equal(page_alloc_nr_whole(&kernel_mm.pages), before);
}

static bool is_zero(pfn_t pfn)
{
	const char *byte = pfn_to_virt(pfn);

	return *byte == 0 && memcmp(byte, byte + 1, PAGE_SIZE - 1) == 0;
}

/* Tables of boot memory, say, which are free when what they map has gone. */
static void what_boot_used_is_scrubbed_when_it_goes(void **state)
{
	const struct boot_range ranges[] = {
		{{0}, 8 * BLOCK_FRAMES, BOOT_RAM},
		{{8 * BLOCK_FRAMES}, BLOCK_FRAMES, BOOT_RESERVED},
	};
	const pfn_t used = ranges[1].first;

	(void)state;
	memory_start_on(ranges, ARRAY_SIZE(ranges));
	memset(pfn_to_virt(used), 0xaa, BLOCK_SIZE);
	page_alloc_give(&kernel_mm.pages, used, BLOCK_FRAMES);
	begin(8 * BLOCK_FRAMES, true);
	shrink_collect(&kernel_mm, &step, ~0UL, true);
	assert_false(pagedb_is_free(&kernel_mm.db, used));
	for (unsigned long i = 0; i < BLOCK_FRAMES; i++)
		assert_true(is_zero(pfn_add(used, i)));
}

/* Collects single frames, all that is free, in one block whose part of the direct map has no table.
 */
static void collect_of_unsplit_block(unsigned int nr)
{
	memory_take_all_but(nr);
	begin(nr, false);
	assert_false(shrink_collect(&kernel_mm, &step, ~0UL, false));
	assert_int_equal(step.nr_extents, nr);
	*linux_pt_table((uintptr_t)pfn_to_virt(step.extent[0]), BLOCK_SHIFT) = false;
	assert_int_equal(frames_free_or_kept(), RESERVE_MIN);
}

static void assert_nothing_goes(int err)
{
	const unsigned int nr = step.nr_extents;

	assert_int_equal(shrink_unmap(&kernel_mm, &step), err);
	assert_int_equal(step.nr_extents, 0);
	assert_int_equal(frames_free_or_kept(), RESERVE_MIN + nr);
	memory_release();
	assert_null(page_alloc_check(&kernel_mm.pages));
}

static void the_only_frame_that_was_to_go_becomes_the_table(void **state)
{
	(void)state;
	collect_of_unsplit_block(1);
	assert_nothing_goes(-ENOSPC);
}

static void one_of_the_frames_that_were_to_go_becomes_the_table(void **state)
{
	unsigned long lost;

	(void)state;
	collect_of_unsplit_block(3);
	assert_int_equal(shrink_unmap(&kernel_mm, &step), 0);
	assert_int_equal(step.nr_extents, 2);
	assert_int_equal(frames_free_or_kept(), RESERVE_MIN);
	assert_int_equal(linux_nr_tables(), tables_at_start + 1);
	shrink_finish(&kernel_mm, &step, 2, &lost);
	assert_int_equal(lost, 0);
	assert_int_equal(pagedb_nr_present(&kernel_mm.db), FEW_BLOCKS * BLOCK_FRAMES - 2);
	memory_release();
	assert_null(page_alloc_check(&kernel_mm.pages));
}

/* Of the table, and of unmapping. */
static void frames_stay_when_a_change_is_refused(void **state)
{
	for (unsigned int n = 1; n <= 2; n++) {
		start_small(state);
		collect_of_unsplit_block(4);
		linux_fail_commit(n);
		assert_int_equal(shrink_unmap(&kernel_mm, &step), -EIO);
		linux_fail_commit(0);
		assert_int_equal(step.nr_extents, 0);
		assert_int_equal(frames_free_or_kept() + linux_nr_tables(),
				 RESERVE_MIN + 4 + tables_at_start);
		memory_release();
		assert_null(page_alloc_check(&kernel_mm.pages));
	}
}

static void nothing_goes_of_a_step_that_collected_nothing(void **state)
{
	(void)state;
	memory_take_all_but(0);
	begin(1, false);
	assert_false(shrink_collect(&kernel_mm, &step, ~0UL, false));
	assert_nothing_goes(-ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_step_is_of_at_most_512_mib, start),
		cmocka_unit_test_setup(less_than_a_block_goes_by_single_frames, start),
		cmocka_unit_test_setup(single_frames_open_no_more_whole_blocks_than_they_need,
				       start),
		cmocka_unit_test_setup(the_only_frame_that_was_to_go_becomes_the_table,
				       start_small),
		cmocka_unit_test_setup(one_of_the_frames_that_were_to_go_becomes_the_table,
				       start_small),
		cmocka_unit_test(frames_stay_when_a_change_is_refused),
		cmocka_unit_test_setup(nothing_goes_of_a_step_that_collected_nothing, start_small),
		cmocka_unit_test(what_boot_used_is_scrubbed_when_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
