/* SPDX-License-Identifier: MIT */
/*
 * How memory leaves, in steps. Free frames are taken from the allocator, scrubbed if they have held
 * data and the host wants that, and unmapped; then the host releases as many as it does; what it
 * did not is mapped and freed again.
 *
 *   shrink_plan -> (the host releases the first `gone` frames) -> shrink_finish
 *
 * One step at a time. Threads only; never sleeps.
 */
#ifndef MM_SHRINK_H
#define MM_SHRINK_H

#include <kernel/addr.h>
#include <mm/mm.h>

#define SHRINK_BLOCKS_MAX 256U /* blocks in one step: 512 MiB */

struct shrink_step {
	pfn_t extent[BLOCK_FRAMES]; /* first frames of the extents */
	unsigned int nr_extents;
	unsigned int order; /* BLOCK_ORDER: whole blocks; 0: single frames, anywhere */
};

/*
 * Takes at most `frames` free frames: whole blocks while they are wanted and there, else single
 * ones; scrubs, if `scrub`, those that were handed out since they came; unmaps them.
 * -ENOSPC: nothing is free; -EIO: the host refused the unmapping. After an error nothing is
 * pending.
 */
int shrink_plan(struct mm *mm, struct shrink_step *step, unsigned long frames,
		bool scrub) __must_check;

/*
 * The first `gone` frames, in the order of the extents, are the host's now; the rest come back.
 * *lost: frames that are ours but could not be mapped again, and stay in use for ever (0 but on a
 * host that refuses its own page tables).
 */
void shrink_finish(struct mm *mm, struct shrink_step *step, unsigned long gone,
		   unsigned long *lost);

#endif
