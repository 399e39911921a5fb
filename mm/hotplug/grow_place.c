/* SPDX-License-Identifier: MIT */
/* Where memory may come: see grow_place.h. */
#include <lib/bug.h>
#include <mm/own.h>

#include "grow_place.h"
#include "metadata.h"

void place_mark_growable(struct mm *mm, unsigned long first_block, unsigned long end_block)
{
	unsigned long from = first_block * BLOCK_FRAMES, to = end_block * BLOCK_FRAMES;

	for (unsigned int i = 0; i < mm->boot->nr_ranges; i++) {
		const struct boot_range *range = &mm->boot->range[i];
		unsigned long first = MAX(range->first.v, from);
		unsigned long end = MIN(range->first.v + range->nr_frames, to);

		if (range->kind == BOOT_GROWABLE && first < end)
			pagedb_hole_to_absent(&mm->db, PFN(first), end - first);
	}
}

unsigned long place_next_growable(const struct mm *mm, unsigned long from)
{
	for (unsigned int i = 0; i < mm->boot->nr_ranges; i++) {
		const struct boot_range *range = &mm->boot->range[i];
		unsigned long first = MAX(DIV_ROUND_UP(range->first.v, BLOCK_FRAMES), from);

		if (range->kind == BOOT_GROWABLE &&
		    (first + 1) * BLOCK_FRAMES <= range->first.v + range->nr_frames)
			return first;
	}
	return BLOCK_LINK_NONE;
}

static bool holds_run(unsigned long first, unsigned long end, unsigned long size)
{
	end = MIN(end, mm_max_blocks() * BLOCK_FRAMES);
	return first < end && ALIGN_UP(first, size) < end && end - ALIGN_UP(first, size) >= size;
}

bool place_for_run(const struct mm *mm, unsigned int order)
{
	unsigned long size = 1UL << order, first = 0, end = 0;

	for (unsigned int i = 0; i < mm->boot->nr_ranges; i++) {
		const struct boot_range *range = &mm->boot->range[i];

		if (range->kind == BOOT_RESERVED)
			continue;
		/* Neighbours are one run: frames that are present, and such as may come. */
		if (range->first.v != end)
			first = range->first.v;
		end = range->first.v + range->nr_frames;
		if (holds_run(first, end, size))
			return true;
	}
	for (unsigned int i = 0; i < mm->nr_own; i++)
		if (holds_run(mm->own[i].first.v, mm->own[i].first.v + mm->own[i].nr_frames, size))
			return true;
	return false;
}

static bool is_hole(const struct mm *mm, unsigned long block)
{
	const struct block *known = pagedb_block(&mm->db, block);

	return !known || known->nr_holes == BLOCK_FRAMES;
}

bool place_is_vacant(const struct mm *mm, const struct grow_step *step, unsigned long block)
{
	const struct block *known = pagedb_block(&mm->db, block);

	if (step->own_end)
		return block < step->own_end && is_hole(mm, block);
	return known ? known->nr_absent == BLOCK_FRAMES : place_next_growable(mm, block) == block;
}

/* The lowest block that is wholly absent: one the database knows, else the first beyond it. */
static bool find_new_block(struct mm *mm, unsigned long *block)
{
	if (pagedb_find_absent(&mm->db, 0, block))
		return true;
	*block = place_next_growable(mm, mm->db.nr_blocks);
	return *block < mm_max_blocks();
}

static bool unit_is_vacant(const struct mm *mm, const struct grow_step *step, unsigned long block)
{
	for (unsigned long i = 0; i < step->unit; i++)
		if (!place_is_vacant(mm, step, block + i))
			return false;
	return true;
}

/* The lowest unit from `block` on of which nothing is there; what is not known is not there. */
static unsigned long next_vacant_unit(const struct mm *mm, const struct grow_step *step,
				      unsigned long block)
{
	unsigned long at;

	while (block + step->unit <= step->own_end) {
		at = MAX(block, mm->db.nr_blocks);
		pagedb_find_holes(&mm->db, block, &at);
		block = ALIGN_DOWN(at, step->unit);
		if (unit_is_vacant(mm, step, block))
			break;
		block += step->unit;
	}
	return block;
}

/* The lowest unit of an own range of which nothing is there. */
static bool find_unit(const struct mm *mm, struct grow_step *step, const struct grow_request *want)
{
	unsigned long block = pfn_block(want->own_first);

	assert(mm_is_own(mm, block) && want->unit && want->unit % BLOCK_FRAMES == 0);
	step->unit = want->unit / BLOCK_FRAMES;
	step->own_end = block + want->own_frames / BLOCK_FRAMES;
	if (want->frames < want->unit)
		return false;
	step->first_block = next_vacant_unit(mm, step, block);
	return step->first_block + step->unit <= step->own_end;
}

/* Where to go on: a block that is there in part, if any frames will do, else one that is not. */
static bool find_block(struct mm *mm, const struct grow_request *want, unsigned long *block,
		       bool *whole)
{
	*whole = want->blocks && want->frames >= BLOCK_FRAMES;
	if (want->order == 0 && pagedb_find_partly(&mm->db, 0, block)) {
		*whole = false;
		return true;
	}
	if (find_new_block(mm, block))
		return true;
	/* No block is wholly absent any more: what is missing in others may complete a run. */
	*whole = false;
	return pagedb_find_partly(&mm->db, 0, block);
}

bool place_find(struct mm *mm, struct grow_step *step, const struct grow_request *want, bool *whole)
{
	step->unit = 1;
	step->own_end = 0;
	*whole = true;
	if (want->own_frames)
		return find_unit(mm, step, want);
	return find_block(mm, want, &step->first_block, whole);
}
