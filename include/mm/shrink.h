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

#include <lib/addr.h>
#include <mm/mm.h>

#define SHRINK_BLOCKS_MAX 256U /* blocks in one step: 512 MiB */

/* What is wanted of a step. */
struct shrink_request {
	unsigned long frames;  /* at most so many */
	bool blocks;	       /* whole blocks, while there are any; else single frames */
	unsigned int owner;    /* of whom; of a device (mm/owner.h) the highest granules first */
	unsigned long granule; /* frames that go together, 2^n; 0 or 1: single frames may */
};

/* How far the search for frames has come: in blocks, up for single frames, down in a region. */
struct shrink_search {
	unsigned long at;
	bool tables;	    /* single frames that lie between tables go first, not last */
	unsigned int stage; /* of the search for single frames (mm/hotplug/shrink_place.c) */
	bool opened;	    /* block `at` was whole until a frame of it was taken */
};

struct shrink_step {
	pfn_t extent[BLOCK_FRAMES]; /* first frames of the extents */
	unsigned int nr_extents;    /* taken so far */
	unsigned int nr_wanted;
	unsigned int order;   /* BLOCK_ORDER: whole blocks; 0: single frames */
	unsigned int granule; /* extents that go together: 1, or the blocks of a granule */
	unsigned int owner;
	struct shrink_search search;
};

/* Takes none yet. */
void shrink_begin(const struct mm *mm, struct shrink_step *step, const struct shrink_request *want);

/*
 * Takes at most `frames` free frames, but one granule at least; scrubs, if `scrub`, those that were
 * handed out since they came. True: there are more to take.
 */
bool shrink_collect(struct mm *mm, struct shrink_step *step, unsigned long frames, bool scrub);

/* It is for at most `frames` now, whole granules; what was taken beyond is free again. */
void shrink_cut(struct mm *mm, struct shrink_step *step, unsigned long frames);

/* -ENOSPC: nothing was free; -EIO: the host refused. After an error nothing is pending. */
int shrink_unmap(struct mm *mm, struct shrink_step *step) __must_check;

/*
 * The first `gone` frames, in the order of the extents, are the host's now (whole granules); the
 * rest come back.
 * *lost: frames that are ours but could not be mapped again, and stay in use for ever (0 but on a
 * host that refuses its own page tables).
 */
void shrink_finish(struct mm *mm, struct shrink_step *step, unsigned long gone,
		   unsigned long *lost);

#endif
