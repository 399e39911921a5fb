/* SPDX-License-Identifier: MIT */
/* The private reserve: frames that only growth may use, for its own metadata. */
#include <lib/bug.h>
#include <mm/reserve.h>

static pfn_t frame[RESERVE_MAX];
static struct frame_stash reserve = {frame, 0, RESERVE_MAX};

struct frame_stash *reserve_stash(void)
{
	return &reserve;
}

bool reserve_fill(struct page_alloc *pa, unsigned int nr)
{
	nr = MIN(nr, RESERVE_MAX);
	while (reserve.nr < nr) {
		pfn_t pfn;

		if (page_alloc_take(pa, 0, PAGE_TABLE, &pfn))
			return false;
		stash_push(&reserve, pfn);
	}
	return true;
}

void reserve_trim(struct page_alloc *pa, unsigned int nr)
{
	while (reserve.nr > nr)
		page_alloc_give(pa, stash_pop(&reserve), 1);
}

void reserve_make_room(struct page_alloc *pa, unsigned int nr)
{
	assert(nr <= RESERVE_ROOM);
	reserve_trim(pa, RESERVE_MAX - nr);
}
