/* SPDX-License-Identifier: MIT */
/* Memory that does not begin at frame 0, comes in banks, and whose banks keep to no blocks. */
#include <arch/page.h>
#include <lib/errno.h>
#include <mm/grow.h>
#include <mm/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "mm/hotplug/metadata.h"
#include "tests/unit/memory.h"

#define GIB_FRAMES  (1UL << (30 - PAGE_SHIFT))
#define BEGIN	    (2 * GIB_FRAMES + 77) /* neither on a block nor on a page of the database */
#define BANK	    (20 * BLOCK_FRAMES + 123)
#define SECOND	    (BEGIN + BANK + GIB_FRAMES + 1)
#define GROWABLE    (SECOND + BANK)
#define NR_GROWABLE (30 * BLOCK_FRAMES)
#define RESERVED_AT (BEGIN + 5 * BLOCK_FRAMES + 9)
#define NR_RESERVED 700UL

static const struct boot_range ranges[] = {
	{{BEGIN}, RESERVED_AT - BEGIN, BOOT_RAM},
	{{RESERVED_AT}, NR_RESERVED, BOOT_RESERVED},
	/* And a few that are not ours at all. */
	{{RESERVED_AT + NR_RESERVED + 10}, BEGIN + BANK - RESERVED_AT - NR_RESERVED - 10, BOOT_RAM},
	{{SECOND}, BANK, BOOT_RAM},
	{{GROWABLE}, NR_GROWABLE, BOOT_GROWABLE},
};

#define NR_PRESENT (2 * BANK - 10)

static int start(void **state)
{
	(void)state;
	memory_start_on(ranges, ARRAY_SIZE(ranges));
	return 0;
}

static bool is_ram(pfn_t pfn)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (ranges[i].kind == BOOT_RAM && pfn.v - ranges[i].first.v < ranges[i].nr_frames)
			return true;
	return false;
}

static bool is_backed(unsigned long block)
{
	enum mmu_prot prot;
	pfn_t pfn;

	return mmu_query(&kernel_mm.db.block[block], &pfn, &prot);
}

static void what_lies_below_all_memory_costs_nothing(void **state)
{
	unsigned long block = BEGIN / BLOCK_FRAMES;

	(void)state;
	assert_false(is_backed(0));
	assert_false(is_backed(block - 2 * PAGE_SIZE / sizeof(struct block)));
	assert_true(is_backed(block));
	assert_null(pagedb_block(&kernel_mm.db, 0));
	assert_false(pagedb_is_present(&kernel_mm.db, PFN(0)));
	assert_false(pagedb_is_free(&kernel_mm.db, PFN(BEGIN / 2)));
}

static void all_that_is_there_is_counted_and_sound(void **state)
{
	struct mm_stats stats;

	(void)state;
	mm_stats_get(&stats);
	assert_int_equal(stats.present, NR_PRESENT);
	assert_null(page_alloc_check(&kernel_mm.pages));
	assert_false(pagedb_is_free(&kernel_mm.db, PFN(BEGIN - 1)));
	assert_false(pagedb_is_free(&kernel_mm.db, PFN(RESERVED_AT)));
	assert_false(pagedb_is_free(&kernel_mm.db, PFN(RESERVED_AT + NR_RESERVED)));
	assert_false(pagedb_is_free(&kernel_mm.db, PFN(BEGIN + BANK)));
	assert_false(pagedb_is_free(&kernel_mm.db, PFN(GROWABLE)));
}

static void every_free_frame_is_ram_and_can_be_used(void **state)
{
	struct mm_stats stats;

	(void)state;
	mm_stats_get(&stats);
	memory_take_all_but(0);
	assert_int_equal(memory_nr_taken, stats.free);
	for (unsigned long i = 0; i < memory_nr_taken; i++) {
		assert_true(is_ram(memory_taken[i]));
		*(unsigned long *)pfn_to_virt(memory_taken[i]) = i;
	}
	for (unsigned long i = 0; i < memory_nr_taken; i++)
		assert_int_equal(*(unsigned long *)pfn_to_virt(memory_taken[i]), i);
	memory_release();
	assert_null(page_alloc_check(&kernel_mm.pages));
}

static void runs_of_blocks_are_aligned_and_lie_in_one_bank(void **state)
{
	pfn_t first;

	(void)state;
	while (!page_alloc_take(&kernel_mm.pages, BLOCK_ORDER + 2, PAGE_FIXED, &first)) {
		assert_int_equal(first.v % (4 * BLOCK_FRAMES), 0);
		assert_true(is_ram(first) && is_ram(pfn_add(first, 4 * BLOCK_FRAMES - 1)));
		memory_taken[memory_nr_taken++] = first;
	}
	assert_true(memory_nr_taken >= 4);
	while (memory_nr_taken)
		page_alloc_give(&kernel_mm.pages, memory_taken[--memory_nr_taken],
				4 * BLOCK_FRAMES);
	assert_null(page_alloc_check(&kernel_mm.pages));
}

/* A search begins at the first block, not at descriptors that nothing backs. */
static void a_block_that_lost_a_frame_is_found(void **state)
{
	unsigned long block;
	pfn_t pfn;

	(void)state;
	assert_int_equal(page_alloc_take(&kernel_mm.pages, 0, PAGE_FIXED, &pfn), 0);
	pagedb_remove(&kernel_mm.db, pfn, 1);
	assert_true(pagedb_find_partly(&kernel_mm.db, 0, &block));
	assert_int_equal(block, pfn_block(pfn));
}

/* Ahead of memory that comes far above, page by page: as far as memory is there for it. */
static void descriptors_are_backed_ahead_or_memory_is_short(void **state)
{
	unsigned long far = mm_max_blocks();

	(void)state;
	memory_take_all_but(10);
	assert_int_equal(mm_pagedb_reach(&kernel_mm, far), -ENOMEM);
	assert_int_equal(kernel_mm.pages.nr_free, 0);
	assert_true(mm_pagedb_pages_needed(&kernel_mm, far) > 1);
	memory_release();
	assert_int_equal(mm_pagedb_reach(&kernel_mm, far), 0);
	assert_int_equal(mm_pagedb_pages_needed(&kernel_mm, far), 1);
	assert_null(page_alloc_check(&kernel_mm.pages));
}

/* What was refused when memory began is made up for when the first block comes. */
static void growth_backs_the_descriptors_that_lie_before_it(void **state)
{
	const unsigned long last = mm_max_blocks() - 1;
	const struct boot_range machine[] = {
		{{0}, 8 * BLOCK_FRAMES, BOOT_RAM},
		{block_pfn(last), BLOCK_FRAMES, BOOT_GROWABLE},
	};
	const struct grow_request want = {
		.frames = BLOCK_FRAMES, .order = BLOCK_ORDER, .blocks = true, .granule = 1};
	static struct grow_step step;

	(void)state;
	memory_nr_taken = 0;
	linux_boot(machine, ARRAY_SIZE(machine));
	reserve_stash()->nr = 0;
	kernel_mm = (struct mm){0};
	linux_fail_commit(10);
	assert_int_equal(mm_init(&boot_info), 0);
	assert_true(mm_pagedb_pages_needed(&kernel_mm, last) > RESERVE_NORMAL);
	assert_int_equal(grow_plan(&kernel_mm, &step, &want), 0);
	assert_int_equal(step.nr_extents, 1);
	assert_int_equal(grow_commit(&kernel_mm, &step, 1), 0);
	assert_true(pagedb_is_free(&kernel_mm.db, block_pfn(last)));
	assert_null(page_alloc_check(&kernel_mm.pages));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_lies_below_all_memory_costs_nothing, start),
		cmocka_unit_test_setup(all_that_is_there_is_counted_and_sound, start),
		cmocka_unit_test_setup(every_free_frame_is_ram_and_can_be_used, start),
		cmocka_unit_test_setup(runs_of_blocks_are_aligned_and_lie_in_one_bank, start),
		cmocka_unit_test_setup(a_block_that_lost_a_frame_is_found, start),
		cmocka_unit_test(growth_backs_the_descriptors_that_lie_before_it),
		cmocka_unit_test_setup(descriptors_are_backed_ahead_or_memory_is_short, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
