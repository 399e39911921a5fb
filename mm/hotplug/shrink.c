/* SPDX-License-Identifier: MIT */
/* How memory leaves: collect, unmap, finish (mm/shrink.h). Knows nothing of who takes it. */
#include <arch/cpu.h>
#include <arch/page.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <mm/owner.h>
#include <mm/reserve.h>

#include "block_tables.h"
#include "shrink_place.h"

/* Takes a granule into the step; *clean: no frame of it was handed out since it came. */
static bool take(struct mm *mm, struct shrink_step *step, bool *clean)
{
	pfn_t *extent = &step->extent[step->nr_extents];
	bool taken;

	if (step->owner)
		return shrink_place_take_granule(mm, step, clean);
	*clean = false;
	if (step->order)
		taken = page_alloc_take_whole(&mm->pages, OWNER_BASE, extent, clean);
	else
		taken = shrink_place_take_frame(mm, &step->search, extent);
	step->nr_extents += taken;
	return taken;
}

static void scrub_granule(const struct shrink_step *step)
{
	for (unsigned int i = step->nr_extents - step->granule; i < step->nr_extents; i++)
		memset(pfn_to_virt(step->extent[i]), 0, PAGE_SIZE << step->order);
}

bool shrink_collect(struct mm *mm, struct shrink_step *step, unsigned long frames, bool scrub)
{
	unsigned long nr = step->nr_extents + MAX(frames >> step->order, 0UL + step->granule);
	bool clean;

	nr = MIN(nr, 0UL + step->nr_wanted);
	while (step->nr_extents + step->granule <= nr) {
		if (!take(mm, step, &clean))
			return false;
		if (scrub && !clean)
			scrub_granule(step);
	}
	return step->nr_extents < step->nr_wanted;
}

static void queue_unmap(const struct shrink_step *step)
{
	for (unsigned int i = 0; i < step->nr_extents; i++) {
		if (step->order)
			mmu_unmap_block(step->extent[i]);
		else
			mmu_unmap(pfn_to_virt(step->extent[i]));
	}
}

void shrink_cut(struct mm *mm, struct shrink_step *step, unsigned long frames)
{
	step->nr_wanted = (unsigned int)MIN(step->nr_wanted, frames >> step->order);
	step->nr_wanted -= step->nr_wanted % step->granule;
	while (step->nr_extents > step->nr_wanted)
		page_alloc_give(&mm->pages, step->extent[--step->nr_extents], 1UL << step->order);
}

/*
 * Undoing a step can take a table: of a block in which the host stopped. If nothing else is free,
 * frames that were to go make up for what the reserve has not.
 */
static void pay_undo(struct mm *mm, struct shrink_step *step)
{
	unsigned long frames = (unsigned long)step->nr_extents << step->order;

	if (reserve_fill(&mm->pages, RESERVE_MIN))
		return;
	shrink_cut(mm, step, frames - MIN(frames, RESERVE_MIN));
	reserve_fill(&mm->pages, RESERVE_MIN);
}

/* A table out of what is free; if nothing is, it is one of the frames that were to go. */
static void pay_table(struct mm *mm, struct shrink_step *step)
{
	if (!reserve_fill(&mm->pages, RESERVE_MIN + 1))
		stash_push(reserve_stash(), step->extent[--step->nr_extents]);
}

/* Single frames leave holes in a block: its part of the direct map must be made of pages. */
static int prepare_pages(struct mm *mm, struct shrink_step *step)
{
	for (unsigned int i = 0; step->order == 0 && i < step->nr_extents; i++) {
		void *va = pfn_to_virt(step->extent[i]);
		int err;

		if (mmu_tables_needed(va, 1, MMU_PAGES))
			pay_table(mm, step);
		if (i == step->nr_extents)
			break;
		err = mmu_prepare(va, 1, MMU_PAGES, reserve_stash());
		if (err)
			return err;
	}
	return step->nr_extents ? 0 : -ENOSPC;
}

static_assert(SHRINK_BLOCKS_MAX <= RESERVE_ROOM, "the tables of a step have room in the reserve");

void shrink_begin(const struct mm *mm, struct shrink_step *step, const struct shrink_request *want)
{
	unsigned long blocks = MAX(want->granule / BLOCK_FRAMES, 1UL), nr = 0;
	bool single = want->granule <= 1;

	if (want->blocks || !single)
		nr = blocks * MIN(want->frames / BLOCK_FRAMES / blocks,
				  mm_whole_granules(mm, want->owner, want->granule,
						    SHRINK_BLOCKS_MAX / blocks));
	step->nr_extents = 0;
	step->owner = want->owner;
	step->granule = (unsigned int)blocks;
	step->search = (struct shrink_search){.at = shrink_place_begin(mm, want->owner)};
	step->order = nr || !single ? BLOCK_ORDER : 0;
	step->nr_wanted =
		step->order ? (unsigned int)nr : (unsigned int)MIN(want->frames, BLOCK_FRAMES);
}

int shrink_unmap(struct mm *mm, struct shrink_step *step)
{
	int err;

	pay_undo(mm, step);
	if (!step->nr_extents)
		return -ENOSPC;
	err = prepare_pages(mm, step);
	if (!err) {
		reserve_make_room(&mm->pages, step->order ? step->nr_extents : 0);
		queue_unmap(step);
		err = mmu_commit(reserve_stash());
	}
	/* Not undone: what is still mapped nobody knows, so that nobody may have these frames. */
	if (err == -EBUSY) {
		printk("mm: %lu frames leaked: the hypervisor unmapped them in part\n",
		       (unsigned long)step->nr_extents << step->order);
		return -EIO;
	}
	if (err)
		shrink_cut(mm, step, 0);
	return err && err != -ENOSPC ? -EIO : err;
}

/* Queues an extent again, of which the first `gone` frames are not there any more. */
static void queue_map(const struct shrink_step *step, unsigned int i, unsigned long gone)
{
	uint64_t absent[BLOCK_WORDS] = {0};

	if (!step->order) {
		mmu_map(pfn_to_virt(step->extent[i]), step->extent[i], MMU_RW);
		return;
	}
	bitmap_set_range(absent, 0, gone);
	mmu_map_block(step->extent[i], absent, reserve_stash());
}

/* Maps and frees what the host did not take, from frame number `gone` of the step on. */
static void take_back(struct mm *mm, struct shrink_step *step, unsigned long gone,
		      unsigned long *lost)
{
	unsigned long size = 1UL << step->order;
	unsigned int first = (unsigned int)(gone >> step->order);
	unsigned long part = gone & (size - 1);

	for (unsigned int i = first; i < step->nr_extents; i++)
		queue_map(step, i, i == first ? part : 0);
	if (mmu_commit(reserve_stash())) {
		*lost = step->nr_extents * size - gone;
		return;
	}
	for (unsigned int i = first; i < step->nr_extents; i++) {
		unsigned long off = i == first ? part : 0;

		page_alloc_give(&mm->pages, pfn_add(step->extent[i], off), size - off);
	}
}

void shrink_finish(struct mm *mm, struct shrink_step *step, unsigned long gone, unsigned long *lost)
{
	unsigned long size = 1UL << step->order;
	unsigned int whole = (unsigned int)(gone >> step->order);

	assert(gone <= step->nr_extents * size);
	assert(!step->owner || gone % (step->granule * size) == 0);
	*lost = 0;
	for (unsigned int i = 0; i < whole; i++)
		pagedb_remove(&mm->db, step->extent[i], size);
	if (gone & (size - 1))
		pagedb_remove(&mm->db, step->extent[whole], gone & (size - 1));
	if (gone < step->nr_extents * size)
		take_back(mm, step, gone, lost);
	if (!step->order)
		block_tables_settle(mm, step->extent, step->nr_extents);
	mm_check(mm);
}
