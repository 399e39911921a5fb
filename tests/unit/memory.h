/* SPDX-License-Identifier: MIT */
/* Memory for tests of what stands on the page allocator: a fresh mm, and shortage on demand. */
#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include <asm/linux.h>
#include <mm/mm.h>
#include <mm/reserve.h>

#define MEMORY_FRAMES_MAX 65536

static pfn_t memory_taken[MEMORY_FRAMES_MAX];
static unsigned long memory_nr_taken;

/* Starts mm over a machine of these ranges. */
static inline void memory_start_on(const struct boot_range *range, unsigned int nr_ranges)
{
	memory_nr_taken = 0;
	reserve_stash()->nr = 0;
	kernel_mm = (struct mm){0};
	linux_boot(range, nr_ranges);
	assert_int_equal(mm_init(&boot_info), 0);
}

/* The mm anew, over `nr_frames` frames of RAM. */
static inline void memory_start(unsigned long nr_frames)
{
	memory_nr_taken = 0;
	reserve_stash()->nr = 0;
	kernel_mm = (struct mm){0};
	linux_memory_init(nr_frames);
	assert_int_equal(mm_init(&boot_info), 0);
}

/* What other uses may not have tables may. */
static inline bool memory_take(pfn_t *pfn)
{
	return !page_alloc_take(&kernel_mm.pages, 0, PAGE_FIXED, pfn) ||
	       !page_alloc_take(&kernel_mm.pages, 0, PAGE_TABLE, pfn);
}

/* Takes all free frames, then gives back the last `left` of them: neighbours, if so they were. */
static inline void memory_take_all_but(unsigned long left)
{
	while (memory_nr_taken < MEMORY_FRAMES_MAX && memory_take(&memory_taken[memory_nr_taken]))
		memory_nr_taken++;
	while (left-- && memory_nr_taken)
		page_alloc_give(&kernel_mm.pages, memory_taken[--memory_nr_taken], 1);
}

static inline void memory_release(void)
{
	while (memory_nr_taken)
		page_alloc_give(&kernel_mm.pages, memory_taken[--memory_nr_taken], 1);
}

#endif
