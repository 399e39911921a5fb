/* SPDX-License-Identifier: MIT */
/* The search for frames by their place: see shrink_place.h. Interrupts are off for a unit at most.
 */
#include <arch/cpu.h>
#include <kernel/bug.h>
#include <mm/own.h>
#include <mm/reserve.h>

#include "shrink_place.h"

/* What was used goes before what was not, and single frames come out of blocks that are in use. */
static bool suits(const struct shrink_step *step, const struct block *b)
{
	if (b->state == BLOCK_PARTIAL)
		return step->order == 0;
	if (b->state != BLOCK_WHOLE)
		return false;
	return step->second || (step->order && !(b->flags & BLOCK_CLEAN));
}

/* The first block from step->at on, in no own range, that may have an extent. */
static bool find_outside(const struct mm *mm, struct shrink_step *step)
{
	while (step->at < step->end || !step->second) {
		if (step->at >= step->end) {
			step->second = true;
			step->at = mm->db.first_block;
		} else if (suits(step, &mm->db.block[step->at]) && !mm_is_own(mm, step->at)) {
			return true;
		} else {
			step->at++;
		}
	}
	return false;
}

static bool take_outside(struct mm *mm, struct shrink_step *step, bool *clean)
{
	while (find_outside(mm, step)) {
		unsigned long flags = irq_save();
		int err;

		*clean = mm->db.block[step->at].flags & BLOCK_CLEAN;
		err = page_alloc_take_from(&mm->pages, step->at, step->order,
					   &step->extent[step->nr_extents]);
		irq_restore(flags);
		if (!err) {
			step->nr_extents++;
			return true;
		}
		step->at++;
	}
	return false;
}

/* All blocks of the unit at step->at, from the highest on, or none. */
static bool take_unit(struct mm *mm, struct shrink_step *step, bool *clean)
{
	unsigned long flags = irq_save();
	bool whole = pagedb_are_whole(&mm->db, step->at, step->unit);

	*clean = true;
	for (unsigned int i = step->unit; whole && i > 0; i--) {
		unsigned long block = step->at + i - 1;
		int err;

		*clean &= (mm->db.block[block].flags & BLOCK_CLEAN) != 0;
		err = page_alloc_take_from(&mm->pages, block, BLOCK_ORDER,
					   &step->extent[step->nr_extents++]);
		assert(!err);
	}
	irq_restore(flags);
	return whole;
}

static bool take_own(struct mm *mm, struct shrink_step *step, bool *clean)
{
	while (step->at > step->end) {
		step->at -= step->unit;
		if (take_unit(mm, step, clean))
			return true;
	}
	return false;
}

bool shrink_place_take(struct mm *mm, struct shrink_step *step, bool *clean)
{
	return step->own ? take_own(mm, step, clean) : take_outside(mm, step, clean);
}

static void begin_outside(const struct mm *mm, struct shrink_step *step)
{
	step->unit = 1;
	step->at = mm->db.first_block;
	step->end = mm->db.nr_blocks;
}

static void begin_own(const struct mm *mm, struct shrink_step *step,
		      const struct shrink_request *want)
{
	unsigned long first = pfn_block(want->own_first);
	unsigned long known = mm->db.nr_blocks - MIN(first, mm->db.nr_blocks);
	unsigned long nr = MIN(want->own_frames / BLOCK_FRAMES, known);

	assert(mm_is_own(mm, first) && want->unit && want->unit % BLOCK_FRAMES == 0);
	step->unit = (unsigned int)(want->unit / BLOCK_FRAMES);
	step->end = first;
	step->at = first + nr - nr % step->unit;
}

/* Frames of the private reserve that lie in the range are changed for others, while there are any.
 */
static void move_reserve(struct mm *mm, struct shrink_step *step, const struct shrink_request *want)
{
	struct frame_stash *reserve = reserve_stash();
	bool clean;

	begin_outside(mm, step);
	for (unsigned int i = 0; i < reserve->nr; i++) {
		pfn_t frame = reserve->frame[i];

		if (frame.v - want->own_first.v >= want->own_frames)
			continue;
		step->nr_extents = 0;
		if (!take_outside(mm, step, &clean))
			return;
		reserve->frame[i] = step->extent[0];
		page_alloc_give(&mm->pages, frame, 1);
	}
}

void shrink_place_begin(struct mm *mm, struct shrink_step *step, const struct shrink_request *want)
{
	step->own = want->own_frames != 0;
	step->by_place = mm->nr_own != 0;
	step->order = 0;
	step->second = false;
	if (step->own) {
		move_reserve(mm, step, want);
		begin_own(mm, step, want);
	} else {
		begin_outside(mm, step);
	}
	step->nr_extents = 0;
}
