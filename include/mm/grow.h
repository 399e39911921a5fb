/* SPDX-License-Identifier: MIT */
/*
 * How memory joins, in steps. A step is planned with all the metadata it takes, so that nothing but
 * a refusal of the host's can stop it; then the caller has the host populate its extents; then it
 * is committed: mapped, and handed to the allocator.
 *
 *   grow_plan -> (the host populates `done` of its extents) -> grow_commit
 *                                     none of them, or commit refused -> grow_drop
 *
 * One step at a time. Threads only; never sleeps.
 */
#ifndef MM_GROW_H
#define MM_GROW_H

#include <lib/addr.h>
#include <mm/mm.h>

#define GROW_BLOCKS_MAX 256U /* blocks in one step: 512 MiB */

/* What is wanted of a step. */
struct grow_request {
	unsigned long frames;  /* at most so many; at least 1 */
	unsigned int order;    /* 0: any frames will do; else they shall lie in new blocks */
	bool blocks;	       /* the host may be asked for whole blocks */
	unsigned int owner;    /* whose they become; a device's (mm/owner.h) lie in its region */
	unsigned long granule; /* frames that come together, 2^n; 0 or 1: single frames may */
};

struct grow_step {
	pfn_t extent[BLOCK_FRAMES]; /* first frames of the extents, ascending */
	unsigned int nr_extents;
	unsigned int order;	   /* BLOCK_ORDER: whole blocks, neighbours; 0: single frames */
	unsigned long first_block; /* it begins in this one */
	unsigned long nr_new;  /* blocks of which nothing is mapped yet; 0: fills present ones */
	unsigned long granule; /* blocks that come together, or not at all */
	unsigned int owner;
};

/*
 * Chooses where the frames go: absent frames of all blocks that are partly there first (if any
 * frames will do), then whole blocks, else the first frames of a new block. In a device's region:
 * neighbours, from the lowest granule on of which nothing is present. -ENOSPC: no frame numbers
 * left, or less than a granule is wanted; -ENOMEM: the reserve is too small even for one block;
 * -EIO: the host refused a table. After an error nothing is pending.
 */
int grow_plan(struct mm *mm, struct grow_step *step, const struct grow_request *want) __must_check;

/*
 * Maps and frees the first `done` extents (at least 1, whole granules); the metadata of the rest
 * goes back. -EIO: the host refused the mapping; nothing joined, the plan is still pending: the
 * caller gives the frames back to the host and drops it. -EBUSY: the host refused and left some of
 * it mapped; the frames, and the metadata, are lost, and nothing is pending.
 */
int grow_commit(struct mm *mm, struct grow_step *step, unsigned int done) __must_check;

/*
 * Gives all metadata of a pending plan back. What the host populated of it and did not take back is
 * forgotten.
 */
void grow_drop(struct mm *mm, struct grow_step *step);

/*
 * Backs the page database as far as the next block that may come, while there are frames for it: a
 * hole before that block may be so large that the reserve alone would not do. Once after mm_init();
 * growth does it for itself.
 */
void grow_reach(struct mm *mm);

#endif
