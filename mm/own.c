/* SPDX-License-Identifier: MIT */
/* The own ranges there are (mm/own.h). */
#include <kernel/errno.h>
#include <mm/own.h>

#include "mm_pagedb.h"

/* The page database may take this part of what is free to reach a range. */
#define REACH_PART 4U

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

/* Descriptors as far as the first block, so that growth can pay for the rest. */
static int reach(struct mm *mm, unsigned long block)
{
	unsigned long pages = mm_pagedb_pages_needed(mm, block);

	if (pages > mm->pages.nr_free / REACH_PART)
		return -ENOMEM;
	return mm_pagedb_reach(mm, block);
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
	err = reach(mm, pfn_block(first));
	if (err)
		return err;
	mm->own[mm->nr_own].first = first;
	mm->own[mm->nr_own++].nr_frames = nr_frames;
	return 0;
}

bool mm_is_own(const struct mm *mm, unsigned long block)
{
	for (unsigned int i = 0; i < mm->nr_own; i++)
		if (block_pfn(block).v - mm->own[i].first.v < mm->own[i].nr_frames)
			return true;
	return false;
}

unsigned long mm_whole_units(const struct mm *mm, pfn_t first, unsigned long nr_frames,
			     unsigned long unit)
{
	unsigned long end = MIN(pfn_block(first) + nr_frames / BLOCK_FRAMES, mm->db.nr_blocks);
	unsigned long size = unit / BLOCK_FRAMES, nr = 0;

	for (unsigned long block = pfn_block(first); block + size <= end; block += size)
		nr += pagedb_are_whole(&mm->db, block, size);
	return nr;
}

unsigned long mm_whole_outside(const struct mm *mm)
{
	unsigned long nr = mm->pages.nr_whole;

	for (unsigned int i = 0; i < mm->nr_own; i++)
		nr -= mm_whole_units(mm, mm->own[i].first, mm->own[i].nr_frames, BLOCK_FRAMES);
	return nr;
}
