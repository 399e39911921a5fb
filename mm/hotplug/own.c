/* SPDX-License-Identifier: MIT */
/* The own ranges there are (mm/own.h). */
#include <arch/page.h>
#include <lib/bits.h>
#include <lib/errno.h>
#include <mm/own.h>
#include <mm/reserve.h>

#include "metadata.h"

/* The metadata of a range may take this part of what is free. */
#define REACH_PART 4U

#define GIB_BLOCKS  512UL
#define PAGE_BLOCKS DIV_ROUND_UP(PAGE_SIZE, sizeof(struct block)) /* in a page of the database */
#define TABLES_MAX  4U						  /* upper ones of a GiB */
#define GIB_COST    (GIB_BLOCKS / PAGE_BLOCKS + 1 + 2 * TABLES_MAX)

static bool overlap(pfn_t a, unsigned long nr_a, pfn_t b, unsigned long nr_b)
{
	return a.v < b.v + nr_b && b.v < a.v + nr_a;
}

/* Is something else at these numbers, or may it come? */
static bool is_taken(const struct mm *mm, pfn_t first, unsigned long nr)
{
	for (unsigned int i = 0; i < mm->boot->nr_ranges; i++)
		if (overlap(first, nr, mm->boot->range[i].first, mm->boot->range[i].nr_frames))
			return true;
	for (unsigned int i = 0; i < mm->nr_own; i++)
		if (overlap(first, nr, mm->own[i].first, mm->own[i].nr_frames))
			return true;
	return false;
}

/* Descriptors and upper tables of blocks of one GiB: all there is to pay for whole blocks. */
static int prepare(struct mm *mm, unsigned long block, unsigned long end)
{
	int err = mm_pagedb_reach(mm, MIN(end + PAGE_BLOCKS, mm_max_blocks()));

	if (err || !reserve_fill(&mm->pages, RESERVE_MIN + TABLES_MAX))
		return err ? err : -ENOMEM;
	return mmu_prepare(pfn_to_virt(block_pfn(block)), (end - block) * BLOCK_FRAMES, MMU_BLOCKS,
			   reserve_stash());
}

/*
 * As far as the first block, or the range is of no use; and over all of it, if that can be paid
 * for: what growth would take for it later may lie in the range itself, and keep a unit there.
 */
static int reach(struct mm *mm, unsigned long block, unsigned long end)
{
	unsigned long least = mm->pages.nr_free - mm->pages.nr_free / REACH_PART, next;
	int err;

	if (mm_pagedb_pages_needed(mm, block) > mm->pages.nr_free - least)
		return -ENOMEM;
	err = mm_pagedb_reach(mm, block);
	if (err)
		return err;
	for (; !err && block < end && mm->pages.nr_free > least + GIB_COST; block = next) {
		next = MIN(ALIGN_DOWN(block, GIB_BLOCKS) + GIB_BLOCKS, end);
		err = prepare(mm, block, next);
	}
	return 0;
}

int mm_own_range_add(struct mm *mm, pfn_t first, unsigned long nr_frames)
{
	unsigned long end = mm_max_blocks() * BLOCK_FRAMES;
	int err;

	if (!nr_frames || (first.v | nr_frames) % BLOCK_FRAMES || first.v >= end ||
	    nr_frames > end - first.v || pfn_block(first) < mm->db.first_block)
		return -EINVAL;
	if (is_taken(mm, first, nr_frames))
		return -EEXIST;
	if (mm->nr_own == OWN_RANGES_MAX)
		return -ENOSPC;
	err = reach(mm, pfn_block(first), pfn_block(first) + nr_frames / BLOCK_FRAMES);
	if (err)
		return err;
	mm->own[mm->nr_own].first = first;
	mm->own[mm->nr_own++].nr_frames = nr_frames;
	return 0;
}

unsigned long mm_own_end(const struct mm *mm, unsigned long block)
{
	for (unsigned int i = 0; i < mm->nr_own; i++)
		if (block_pfn(block).v - mm->own[i].first.v < mm->own[i].nr_frames)
			return pfn_block(mm->own[i].first) + mm->own[i].nr_frames / BLOCK_FRAMES;
	return 0;
}

bool mm_is_own(const struct mm *mm, unsigned long block)
{
	return mm_own_end(mm, block) != 0;
}

unsigned long mm_whole_units(const struct mm *mm, pfn_t first, unsigned long nr_frames,
			     unsigned long unit, unsigned long max)
{
	unsigned long block = pfn_block(first), end = block + nr_frames / BLOCK_FRAMES, nr = 0;
	unsigned long size = unit / BLOCK_FRAMES;
	unsigned int order = bits_lowest(size);

	for (; nr < max && pagedb_find_whole(&mm->db, order, block, &block); block += size) {
		if (block + size > end)
			break;
		nr++;
	}
	return nr;
}

unsigned long mm_whole_outside(const struct mm *mm, unsigned long max)
{
	unsigned long block = 0, nr = 0;

	if (!mm->nr_own)
		return MIN(READ_ONCE(mm->pages.nr_whole), max);
	while (nr < max && pagedb_find_whole(&mm->db, 0, block, &block)) {
		unsigned long end = mm_own_end(mm, block);

		nr += !end;
		block = end ? end : block + 1;
	}
	return nr;
}
