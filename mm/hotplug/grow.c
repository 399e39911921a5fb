/* SPDX-License-Identifier: MIT */
/* How memory joins: plan, commit, drop (mm/grow.h). Knows nothing of who provides it. */
#include <arch/page.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <mm/grow.h>
#include <mm/p2m.h>
#include <mm/reserve.h>

#include "block_tables.h"
#include "grow_place.h"
#include "metadata.h"

static void *block_address(unsigned long block)
{
	return pfn_to_virt(block_pfn(block));
}

/* Frames of the reserve that joining blocks [first, first + nr) takes, whole or in part. */
static unsigned int metadata_needed(const struct mm *mm, unsigned long first, unsigned long nr,
				    bool whole)
{
	unsigned long end = first + nr;

	return (unsigned int)nr * mmu_block_tables(whole) +
	       mmu_tables_needed(block_address(first), nr * BLOCK_FRAMES, MMU_BLOCKS) +
	       p2m_tables_needed(block_pfn(end)) + mm_pagedb_pages_needed(mm, end) +
	       mm_pagedb_tables_needed(mm, end);
}

/* How many of `nr` neighbours may come, and can be paid for out of the reserve: whole granules. */
static unsigned long blocks_payable(const struct mm *mm, const struct grow_step *step,
				    unsigned long nr, bool whole)
{
	unsigned long first = step->first_block, n = 1;

	while (n < nr && first + n < mm_max_blocks() &&
	       place_is_vacant(mm, step->owner, first + n) &&
	       !mmu_block_is_mapped(block_pfn(first + n)))
		n++;
	while (n > 0 && metadata_needed(mm, first, n, whole) > reserve_stash()->nr)
		n--;
	return n - n % step->granule;
}

/* Upper tables and p2m leaves: everything that can fail for want of frames. */
static int prepare(struct mm *mm, unsigned long first, unsigned long nr)
{
	struct frame_stash *tables = reserve_stash();
	int err = mmu_prepare(block_address(first), nr * BLOCK_FRAMES, MMU_BLOCKS, tables);

	if (!err)
		err = mm_pagedb_prepare(mm, first + nr, tables);
	if (!err)
		err = p2m_extend(block_pfn(first + nr), tables);
	return err;
}

/* Adds the frames of a block that are absent, up to `frames` extents in all. */
static void list_in_block(const struct mm *mm, struct grow_step *step, unsigned long nr,
			  unsigned long frames)
{
	const struct block *block = pagedb_block(&mm->db, nr);
	unsigned long i = 0;

	while (step->nr_extents < frames) {
		if (block)
			i = bitmap_next_set(block->absent, BLOCK_FRAMES, i);
		if (i >= BLOCK_FRAMES)
			return;
		step->extent[step->nr_extents++] = pfn_add(block_pfn(nr), i++);
	}
}

static void list_blocks(struct grow_step *step)
{
	step->order = BLOCK_ORDER;
	step->nr_extents = (unsigned int)step->nr_new;
	for (unsigned int i = 0; i < step->nr_extents; i++)
		step->extent[i] = block_pfn(step->first_block + i);
}

/* A part of it is there, or it was given back and its table stayed (mm/hotplug/shrink.c). */
static bool has_table(const struct mm *mm, unsigned long block)
{
	return pagedb_block(&mm->db, block) && mmu_block_is_mapped(block_pfn(block));
}

/* The next block after this one that is partly there; all of it is mapped by pages. */
static bool next_partly(const struct mm *mm, unsigned long *block)
{
	while (pagedb_find_partly(&mm->db, *block + 1, block))
		if (has_table(mm, *block))
			return true;
	return false;
}

/* Single frames: of a new block, or of all blocks that are partly there, from the first on. */
static void list_frames(const struct mm *mm, struct grow_step *step, unsigned long frames)
{
	unsigned long block = step->first_block;

	step->order = 0;
	step->nr_extents = 0;
	frames = MIN(frames, BLOCK_FRAMES);
	do
		list_in_block(mm, step, block, frames);
	while (!step->nr_new && step->nr_extents < frames && next_partly(mm, &block));
}

/* Metadata for blocks from step->first_block on; how many of them it is enough for. */
static int plan_blocks(struct mm *mm, struct grow_step *step, unsigned long frames, bool whole)
{
	unsigned long nr = whole ? MIN(frames / BLOCK_FRAMES, (unsigned long)GROW_BLOCKS_MAX) : 1;

	reserve_fill(&mm->pages, nr > 1 ? 2 * (unsigned int)nr + RESERVE_UPPER : RESERVE_NORMAL);
	step->nr_new = blocks_payable(mm, step, nr, whole);
	if (!step->nr_new)
		return -ENOMEM;
	return prepare(mm, step->first_block, step->nr_new) ? -EIO : 0;
}

int grow_plan(struct mm *mm, struct grow_step *step, const struct grow_request *want)
{
	bool whole;
	int err;

	if (!place_find(mm, step, want, &whole))
		return -ENOSPC;
	if (has_table(mm, step->first_block)) {
		step->nr_new = 0;
		list_frames(mm, step, want->frames);
		return 0;
	}
	err = mm_pagedb_reach(mm, step->first_block);
	if (!err)
		err = plan_blocks(mm, step, want->frames, whole);
	if (err)
		return err;
	if (whole)
		list_blocks(step);
	else
		list_frames(mm, step, want->frames);
	return 0;
}

/* Queues frames that come into blocks that are mapped already. */
static void queue_frames(const struct grow_step *step, unsigned int done)
{
	for (unsigned int i = 0; i < done; i++)
		mmu_map(pfn_to_virt(step->extent[i]), step->extent[i], MMU_RW);
}

/* Queues `nr` new blocks and the page database that describes them; the last may have holes. */
static void queue_blocks(struct mm *mm, const struct grow_step *step, unsigned long nr,
			 unsigned int done)
{
	uint64_t absent[BLOCK_WORDS] = {0};
	unsigned int pages = mm_pagedb_pages_needed(mm, step->first_block + nr);

	p2m_queue();
	while (pages-- > 0)
		mm_pagedb_queue(mm, stash_pop(reserve_stash()));
	if (step->order == 0) {
		bitmap_set_range(absent, 0, BLOCK_FRAMES);
		for (unsigned int i = 0; i < done; i++)
			bitmap_clear(absent, pfn_offset(step->extent[i]));
	}
	for (unsigned long i = 0; i < nr; i++)
		mmu_map_block(block_pfn(step->first_block + i), absent, reserve_stash());
}

/* After the commit: the blocks are known, the p2m reaches over them. */
static void adopt_blocks(struct mm *mm, const struct grow_step *step, unsigned long nr)
{
	unsigned long known = mm->db.nr_blocks, end = step->first_block + nr;

	mm_pagedb_adopt(mm);
	p2m_publish();
	if (end > known) {
		pagedb_extend(&mm->db, end);
		place_mark_growable(mm, known, end);
	}
}

static void add_extent(struct mm *mm, const struct grow_step *step, unsigned int i)
{
	unsigned long size = 1UL << step->order;

	pagedb_add(&mm->db, step->extent[i], size);
	page_alloc_give(&mm->pages, step->extent[i], size);
}

/*
 * No extent has anything behind it any more. Their leaves and the pages of the database that were
 * to come go to `frames`, or are lost if it is NULL.
 */
static void forget(const struct grow_step *step, struct frame_stash *frames)
{
	for (unsigned int i = 0; i < step->nr_extents; i++)
		p2m_forget(step->extent[i], 1UL << step->order);
	mm_pagedb_forget(frames);
	p2m_abort(PFN(0), frames);
}

void grow_reach(struct mm *mm)
{
	unsigned long next = place_next_growable(mm, OWNER_BASE, mm->db.nr_blocks);

	/* What cannot be had now is asked for again when that block is wanted. */
	if (next < mm_max_blocks())
		mm_pagedb_reach(mm, next);
}

int grow_commit(struct mm *mm, struct grow_step *step, unsigned int done)
{
	unsigned long nr = step->order ? done : 1;
	int err;

	assert(done > 0 && done <= step->nr_extents && nr % step->granule == 0);
	if (step->nr_new) {
		p2m_abort(block_pfn(step->first_block + nr), reserve_stash());
		queue_blocks(mm, step, nr, done);
	} else {
		queue_frames(step, done);
	}
	err = mmu_commit(reserve_stash());
	if (err) {
		if (err == -EBUSY)
			forget(step, NULL);
		return err;
	}
	if (step->nr_new)
		adopt_blocks(mm, step, nr);
	for (unsigned int i = 0; i < done; i++)
		add_extent(mm, step, i);
	mm->pages.tables_apart = true;
	reserve_fill(&mm->pages, RESERVE_NORMAL);
	if (step->nr_new)
		grow_reach(mm);
	if (!step->order)
		block_tables_settle(mm, step->extent, done);
	mm_check(mm);
	return 0;
}

void grow_drop(struct mm *mm, struct grow_step *step)
{
	(void)mm;
	forget(step, reserve_stash());
}
