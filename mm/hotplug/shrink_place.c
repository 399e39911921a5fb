/* SPDX-License-Identifier: MIT */
/* The search for frames by their place: see shrink_place.h. */
#include <arch/cpu.h>
#include <lib/bits.h>
#include <mm/owner.h>
#include <mm/reserve.h>

#include "shrink_place.h"

/* Stages of the search for single frames: out of blocks in use first. What tables may need goes
 * last. */
enum { STAGE_FIRST, STAGE_WHOLE, STAGE_LAST };

/* The base's first block from search->at on that has something free, in this stage. */
static bool find(const struct mm *mm, struct shrink_search *search)
{
	const struct pagedb *db = &mm->db;

	while (search->stage == STAGE_WHOLE ? pagedb_find_whole(db, 0, search->at, &search->at)
					    : pagedb_find_partial(db, search->at, &search->at)) {
		const struct block *b = &db->block[search->at];

		if (block_owner(b))
			search->at = mm_region(mm, block_owner(b)).end;
		else if (search->stage == STAGE_FIRST && (b->use == PAGE_TABLE) != search->tables)
			search->at++;
		else
			return true;
	}
	return false;
}

/*
 * A block that an interrupt took, or emptied, is not found again. A whole block that had to be
 * opened is emptied before the next.
 */
bool shrink_place_take_frame(struct mm *mm, struct shrink_search *search, pfn_t *frame)
{
	for (;;) {
		while (search->opened || find(mm, search)) {
			search->opened = search->stage == STAGE_WHOLE;
			if (!page_alloc_take_from(&mm->pages, search->at, 0, frame))
				return true;
			search->opened = false;
		}
		if (search->stage == STAGE_LAST)
			return false;
		search->stage++;
		search->at = 0;
	}
}

/* All blocks of the granule at search.at, from the highest on, or none. */
static bool take_granule(struct mm *mm, struct shrink_step *step, bool *clean)
{
	unsigned long first = step->search.at;

	if (!page_alloc_take_blocks(&mm->pages, first, step->granule, PAGE_FIXED, clean))
		return false;
	for (unsigned int i = step->granule; i > 0; i--)
		step->extent[step->nr_extents++] = block_pfn(first + i - 1);
	return true;
}

bool shrink_place_take_granule(struct mm *mm, struct shrink_step *step, bool *clean)
{
	unsigned long first = mm_region(mm, step->owner).first;
	struct shrink_search *search = &step->search;

	while (pagedb_find_last_whole(&mm->db, bits_lowest(step->granule), search->at,
				      &search->at)) {
		if (search->at < first)
			break;
		if (take_granule(mm, step, clean))
			return true;
	}
	return false;
}

unsigned long shrink_place_begin(const struct mm *mm, unsigned int owner)
{
	return owner ? mm_region(mm, owner).end : 0;
}

void mm_reserve_migrate(struct mm *mm)
{
	struct shrink_search search = {.tables = true};
	struct frame_stash *reserve = reserve_stash();

	for (unsigned int i = 0; i < reserve->nr; i++) {
		pfn_t old = reserve->frame[i];

		if (!block_owner(&mm->db.block[pfn_block(old)]))
			continue;
		if (!shrink_place_take_frame(mm, &search, &reserve->frame[i]))
			return;
		page_alloc_give(&mm->pages, old, 1);
	}
}
