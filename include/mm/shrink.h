/* SPDX-License-Identifier: MIT */
/*
 * How memory leaves, in steps. Free frames are taken from the allocator, scrubbed if they have held
 * data and the host wants that, and unmapped; then the host releases as many as it does; what it
 * did not is mapped and freed again.
 *
 *   shrink_begin -> shrink_collect ... -> shrink_unmap -> (the host releases the first `gone`
 *                          |                               frames) -> shrink_finish
 *                      shrink_cut
 *
 * One step at a time. Threads only; never sleeps. Others may run, and allocate, between one call
 * and the next, but for the last two.
 */
#ifndef MM_SHRINK_H
#define MM_SHRINK_H

#include <kernel/addr.h>
#include <mm/mm.h>

#define SHRINK_BLOCKS_MAX 256U /* blocks in one step: 512 MiB */

struct shrink_step {
	pfn_t extent[BLOCK_FRAMES]; /* first frames of the extents */
	unsigned int nr_extents;    /* taken so far */
	unsigned int nr_wanted;
	unsigned int order; /* BLOCK_ORDER: whole blocks; 0: single frames, anywhere */
};

/* At most `frames`: whole blocks, if `blocks`, while there are any, else single ones. Takes none.
 */
void shrink_begin(const struct mm *mm, struct shrink_step *step, unsigned long frames, bool blocks);

/*
 * Takes at most `frames` free frames, but one extent at least; scrubs, if `scrub`, those that were
 * handed out since they came. True: there are more to take.
 */
bool shrink_collect(struct mm *mm, struct shrink_step *step, unsigned long frames, bool scrub);

/* It is for at most `frames` now; what was taken beyond is free again. */
void shrink_cut(struct mm *mm, struct shrink_step *step, unsigned long frames);

/* -ENOSPC: nothing was free; -EIO: the host refused. After an error nothing is pending. */
int shrink_unmap(struct mm *mm, struct shrink_step *step) __must_check;

/*
 * The first `gone` frames, in the order of the extents, are the host's now; the rest come back.
 * *lost: frames that are ours but could not be mapped again, and stay in use for ever (0 but on a
 * host that refuses its own page tables).
 */
void shrink_finish(struct mm *mm, struct shrink_step *step, unsigned long gone,
		   unsigned long *lost);

#endif
