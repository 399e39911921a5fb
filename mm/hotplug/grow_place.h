/* SPDX-License-Identifier: MIT */
/* Where memory may come (mm/hotplug/grow.c): what is absent, what the port reported, regions. */
#ifndef MM_GROW_PLACE_H
#define MM_GROW_PLACE_H

#include <mm/grow.h>

/*
 * Where a step begins, and of what kind it is: fills in first_block, granule and owner. *whole: it
 * is of whole blocks. False: no place is left.
 */
bool place_find(const struct mm *mm, struct grow_step *step, const struct grow_request *want,
		bool *whole);

/* May all of the block come, for this owner? */
bool place_is_vacant(const struct mm *mm, unsigned int owner, unsigned long block);

/*
 * The first block at or after `from` of which all is growable, by this owner; BLOCK_LINK_NONE if
 * there is none.
 */
unsigned long place_next_growable(const struct mm *mm, unsigned int owner, unsigned long from);

/*
 * Can 2^order aligned neighbours ever be free: is there a run of numbers that no reserved range or
 * hole cuts? Their count is not looked at.
 */
bool place_for_run(const struct mm *mm, unsigned int order);

/* Frame numbers of these blocks, new holes, that may be populated become absent. */
void place_mark_growable(struct mm *mm, unsigned long first_block, unsigned long end_block);

#endif
