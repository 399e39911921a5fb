/* SPDX-License-Identifier: MIT */
/* Regions of devices (mm/owner.h). */
#include <arch/page.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <mm/owner.h>
#include <mm/reserve.h>

#include "metadata.h"

/* The metadata of a region may take this part of what is free. */
#define REACH_PART 4U

#define GIB_BLOCKS  512UL
#define PAGE_BLOCKS DIV_ROUND_UP(PAGE_SIZE, sizeof(struct block)) /* in a page of the database */
#define TABLES_MAX  4U						  /* upper ones of a GiB */
#define GIB_COST    (GIB_BLOCKS / PAGE_BLOCKS + 1 + 2 * TABLES_MAX)

static bool is_taken(const struct mm *mm, pfn_t first, unsigned long nr)
{
	for (unsigned int i = 0; i < mm->nr_ranges; i++) {
		const struct mm_range *range = &mm->range[i];

		if (first.v < range->first.v + range->nr_frames && range->first.v < first.v + nr)
			return true;
	}
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

int mm_region_add(struct mm *mm, unsigned int owner, pfn_t first, unsigned long nr_frames)
{
	unsigned long end = mm_max_blocks() * BLOCK_FRAMES, known;
	int err;

	assert(owner != OWNER_BASE && owner < OWNERS_MAX);
	if (!nr_frames || (first.v | nr_frames) % BLOCK_FRAMES || first.v >= end ||
	    nr_frames > end - first.v || pfn_block(first) < mm->db.first_block)
		return -EINVAL;
	if (is_taken(mm, first, nr_frames))
		return -EEXIST;
	err = reach(mm, pfn_block(first), pfn_block(first) + nr_frames / BLOCK_FRAMES);
	if (err)
		return err;
	mm->range[mm->nr_ranges++] = (struct mm_range){first, nr_frames, BOOT_GROWABLE, owner};
	mm->pages.nr_owners = MAX(mm->pages.nr_owners, owner + 1);
	known = mm->db.nr_blocks * BLOCK_FRAMES;
	pagedb_hole_to_absent(&mm->db, first, MIN(nr_frames, known - MIN(known, first.v)), owner);
	return 0;
}

struct mm_region mm_region(const struct mm *mm, unsigned int owner)
{
	const struct mm_range *range = &mm->range[mm->nr_ranges - 1];
	unsigned long first;

	if (owner == OWNER_BASE)
		return (struct mm_region){0, mm_max_blocks()};
	while (range->owner != owner) {
		assert(range > mm->range);
		range--;
	}
	first = pfn_block(range->first);
	return (struct mm_region){first, first + range->nr_frames / BLOCK_FRAMES};
}

unsigned long mm_whole_granules(const struct mm *mm, unsigned int owner, unsigned long granule,
				unsigned long max)
{
	unsigned long size = granule / BLOCK_FRAMES, nr = 0;
	struct mm_region region;

	if (size <= 1)
		return MIN(READ_ONCE(mm->pages.whole[owner].nr), max);
	region = mm_region(mm, owner);
	while (nr < max &&
	       pagedb_find_whole(&mm->db, bits_lowest(size), region.first, &region.first)) {
		region.first += size;
		if (region.first > region.end)
			break;
		nr++;
	}
	return nr;
}
