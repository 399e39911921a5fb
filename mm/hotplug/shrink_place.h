/* SPDX-License-Identifier: MIT */
/* Where the frames of a step lie (mm/hotplug/shrink.c), where that matters. Interrupts are off for
 * a search and a block at most. */
#ifndef MM_SHRINK_PLACE_H
#define MM_SHRINK_PLACE_H

#include <mm/shrink.h>

/* The block where the search for frames of this owner begins. */
unsigned long shrink_place_begin(const struct mm *mm, unsigned int owner);

/* Takes a single frame of the base. False: the search has come to its end. */
bool shrink_place_take_frame(struct mm *mm, struct shrink_search *search, pfn_t *frame);

/*
 * Takes the device's highest granule that is free as a whole into the step; *clean: no frame of it
 * was handed out since it came. False: the search has come to its end.
 */
bool shrink_place_take_granule(struct mm *mm, struct shrink_step *step, bool *clean);

#endif
