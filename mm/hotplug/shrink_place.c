/* SPDX-License-Identifier: MIT */
/* The search for frames by their place: see shrink_place.h. Interrupts are off for a block at most.
 */
#include <arch/cpu.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <mm/own.h>
#include <mm/reserve.h>

#include "shrink_place.h"

/* Single frames come out of blocks in use; what tables may need goes last, or is wanted. */
static bool suits(const struct shrink_search *search, const struct block *b)
{
	if (b->state == BLOCK_PARTIAL)
		return search->second || (b->use == PAGE_TABLE) == search->tables;
	return b->state == BLOCK_WHOLE && search->second;
}

/* The first block from search->at on that may have an extent. What was used goes first. */
static bool find(const struct mm *mm, struct shrink_search *search)
{
	if (search->order && search->second)
		return pagedb_find_whole(&mm->db, 0, search->at, &search->at);
	if (search->order)
		return pagedb_find_used(&mm->db, search->at, &search->at);
	while (search->at < search->end && !suits(search, &mm->db.block[search->at]))
		search->at++;
	return search->at < search->end;
}

/* And that is in no own range. */
static bool find_outside(const struct mm *mm, struct shrink_search *search)
{
	for (;;) {
		while (find(mm, search)) {
			unsigned long end = mm_own_end(mm, search->at);

			if (!end)
				return true;
			search->at = end;
		}
		if (search->second)
			return false;
		search->second = true;
		search->at = mm->db.first_block;
	}
}

/* A block that an interrupt took, or emptied, is not found again. */
static bool take_outside(struct mm *mm, struct shrink_search *search, pfn_t *first, bool *clean)
{
	while (find_outside(mm, search)) {
		unsigned long flags = irq_save();
		int err;

		*clean = mm->db.block[search->at].flags & BLOCK_CLEAN;
		err = page_alloc_take_from(&mm->pages, search->at, search->order, first);
		irq_restore(flags);
		if (!err)
			return true;
	}
	return false;
}

/* All blocks of the unit at search.at, from the highest on, or none. */
static bool take_unit(struct mm *mm, struct shrink_step *step, bool *clean)
{
	unsigned long first = step->search.at;

	if (!page_alloc_take_blocks(&mm->pages, first, step->unit, PAGE_FIXED, clean))
		return false;
	for (unsigned int i = step->unit; i > 0; i--)
		step->extent[step->nr_extents++] = block_pfn(first + i - 1);
	return true;
}

static bool take_own(struct mm *mm, struct shrink_step *step, bool *clean)
{
	struct shrink_search *search = &step->search;
	unsigned int order = bits_lowest(step->unit);

	while (pagedb_find_last_whole(&mm->db, order, search->at, &search->at)) {
		if (search->at < search->end)
			break;
		if (take_unit(mm, step, clean))
			return true;
	}
	return false;
}

bool shrink_place_take(struct mm *mm, struct shrink_step *step, bool *clean)
{
	if (step->own)
		return take_own(mm, step, clean);
	step->search.order = step->order;
	if (!take_outside(mm, &step->search, &step->extent[step->nr_extents], clean))
		return false;
	step->nr_extents++;
	return true;
}

static struct shrink_search search_outside(const struct mm *mm)
{
	return (struct shrink_search){.at = mm->db.first_block, .end = mm->db.nr_blocks};
}

/* Down from the last unit. */
static struct shrink_search search_own(const struct mm *mm, const struct shrink_request *want)
{
	unsigned long first = pfn_block(want->own_first);

	assert(mm_is_own(mm, first) && want->unit && want->unit % BLOCK_FRAMES == 0);
	return (struct shrink_search){.at = first + want->own_frames / BLOCK_FRAMES, .end = first};
}

void shrink_place_begin(const struct mm *mm, struct shrink_step *step,
			const struct shrink_request *want)
{
	step->own = want->own_frames != 0;
	step->by_place = mm->nr_own != 0;
	step->unit = step->own ? (unsigned int)(want->unit / BLOCK_FRAMES) : 1;
	step->search = step->own ? search_own(mm, want) : search_outside(mm);
}

void mm_own_leave(struct mm *mm)
{
	struct shrink_search search = search_outside(mm);
	struct frame_stash *reserve = reserve_stash();

	search.tables = true;
	bool clean;

	for (unsigned int i = 0; i < reserve->nr; i++) {
		pfn_t old = reserve->frame[i];

		if (!mm_is_own(mm, pfn_block(old)))
			continue;
		if (!take_outside(mm, &search, &reserve->frame[i], &clean))
			return;
		page_alloc_give(&mm->pages, old, 1);
	}
}
