/* SPDX-License-Identifier: MIT */
/* Where the frames of a step lie (mm/hotplug/shrink.c), once there are own ranges: in one, or in
 * none. */
#ifndef MM_SHRINK_PLACE_H
#define MM_SHRINK_PLACE_H

#include <mm/shrink.h>

/* Where the search begins; fills in unit, own, by_place. Before any is taken. */
void shrink_place_begin(const struct mm *mm, struct shrink_step *step,
			const struct shrink_request *want);

/*
 * Takes the next unit into the step; *clean: no frame of it was handed out since it came. False:
 * the search has come to its end.
 */
bool shrink_place_take(struct mm *mm, struct shrink_step *step, bool *clean);

#endif
