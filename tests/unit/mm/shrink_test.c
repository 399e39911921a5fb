/* SPDX-License-Identifier: MIT */
/* What goes in a step: how much, all of it back if the host takes none, and what is scrubbed. */
#include <arch/page.h>
#include <mm/shrink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

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

static void begin(unsigned long frames, bool blocks)
{
	const struct shrink_request want = {.frames = frames, .blocks = blocks, .unit = 1};

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
	assert_true(kernel_mm.pages.nr_whole > 2UL * SHRINK_BLOCKS_MAX);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_step_is_of_at_most_512_mib, start),
		cmocka_unit_test_setup(less_than_a_block_goes_by_single_frames, start),
		cmocka_unit_test(what_boot_used_is_scrubbed_when_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
