/* SPDX-License-Identifier: MIT */
/* Where memory may come: see grow_place.h. */
#include <lib/bug.h>
#include <mm/owner.h>

#include "grow_place.h"
#include "metadata.h"

void place_mark_growable(struct mm *mm, unsigned long first_block, unsigned long end_block)
{
	unsigned long from = first_block * BLOCK_FRAMES, to = end_block * BLOCK_FRAMES;

	for (unsigned int i = 0; i < mm->nr_ranges; i++) {
		const struct mm_range *range = &mm->range[i];
		unsigned long first = MAX(range->first.v, from);
		unsigned long end = MIN(range->first.v + range->nr_frames, to);

		if (range->kind == BOOT_GROWABLE && first < end)
			pagedb_hole_to_absent(&mm->db, PFN(first), end - first, range->owner);
	}
}

unsigned long place_next_growable(const struct mm *mm, unsigned int owner, unsigned long from)
{
	for (unsigned int i = 0; i < mm->nr_ranges; i++) {
		const struct mm_range *range = &mm->range[i];
		unsigned long first = MAX(DIV_ROUND_UP(range->first.v, BLOCK_FRAMES), from);

		if (range->kind == BOOT_GROWABLE && range->owner == owner &&
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

	for (unsigned int i = 0; i < mm->nr_ranges; i++) {
		const struct mm_range *range = &mm->range[i];

		if (range->kind == BOOT_RESERVED)
			continue;
		/* Neighbours are one run: frames that are present, and such as may come. */
		if (range->first.v != end)
			first = range->first.v;
		end = range->first.v + range->nr_frames;
		if (holds_run(first, end, size))
			return true;
	}
	return false;
}

bool place_is_vacant(const struct mm *mm, unsigned int owner, unsigned long block)
{
	const struct block *known = pagedb_block(&mm->db, block);

	if (known)
		return known->state == BLOCK_ABSENT && block_owner(known) == owner;
	return place_next_growable(mm, owner, block) == block;
}

/*
 * The owner's lowest block at or after `from` that is wholly absent: one the database knows, else
 * the first beyond it. From the first block of a device on, none of another comes before its last.
 */
static unsigned long next_vacant(const struct mm *mm, unsigned int owner, unsigned long from)
{
	unsigned long block = from;

	while (pagedb_find_absent(&mm->db, block, &block)) {
		unsigned int found = block_owner(&mm->db.block[block]);

		if (found == owner)
			return block;
		if (found == OWNER_BASE)
			break;
		block = mm_region(mm, found).end;
	}
	return place_next_growable(mm, owner, MAX(from, mm->db.nr_blocks));
}

static bool granule_is_vacant(const struct mm *mm, const struct grow_step *step,
			      unsigned long block)
{
	for (unsigned long i = 0; i < step->granule; i++)
		if (!place_is_vacant(mm, step->owner, block + i))
			return false;
	return true;
}

/* The owner's lowest granule of which nothing is present. False: there is none. */
static bool find_granule(const struct mm *mm, struct grow_step *step)
{
	unsigned long block = mm_region(mm, step->owner).first;

	for (;; block += step->granule) {
		block = next_vacant(mm, step->owner, block);
		if (block >= mm_max_blocks())
			return false;
		block = ALIGN_DOWN(block, step->granule);
		if (granule_is_vacant(mm, step, block))
			break;
	}
	step->first_block = block;
	return true;
}

bool place_find(const struct mm *mm, struct grow_step *step, const struct grow_request *want,
		bool *whole)
{
	bool single = want->granule <= 1;

	step->owner = want->owner;
	step->granule = single ? 1 : want->granule / BLOCK_FRAMES;
	*whole = want->blocks && want->frames >= MAX(want->granule, BLOCK_FRAMES);
	if (!single && !*whole)
		return false;
	/* A block that is there in part, if any frames will do, else one that is not. */
	if (single && want->order == 0 && pagedb_find_partly(&mm->db, 0, &step->first_block)) {
		*whole = false;
		return true;
	}
	if (find_granule(mm, step))
		return true;
	/* No block is wholly absent any more: what is missing in others may complete a run. */
	*whole = false;
	return single && pagedb_find_partly(&mm->db, 0, &step->first_block);
}
