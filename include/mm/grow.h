/* SPDX-License-Identifier: MIT */
/*
 * How memory joins, in steps. A step is planned with all the metadata it takes, then the caller has
 * the host populate its extents, then it is committed: mapped, and handed to the allocator.
 *
 *   grow_plan → (host populates `done` of its extents, p2m_set for each) → grow_commit
 *
 * One step at a time. Threads only; never sleeps.
 */
#ifndef MM_GROW_H
#define MM_GROW_H

#include <kernel/addr.h>
#include <mm/mm.h>

#define GROW_BLOCKS_MAX 256U /* blocks in one step: 512 MiB */

struct grow_step {
	pfn_t extent[BLOCK_FRAMES]; /* first frames of the extents, ascending */
	unsigned int nr_extents;
	unsigned int order; /* BLOCK_ORDER: whole blocks, all absent; 0: frames of one block */
};

/*
 * Chooses where up to `frames` frames go: absent frames of blocks that are partly there first, then
 * whole blocks if `blocks` and at least one block is wanted, else frames of a new block.
 * -ENOSPC: no frame numbers left; -ENOMEM: the reserve is empty; -EIO: the host refused a table.
 * After an error nothing is pending.
 */
int grow_plan(struct mm *mm, struct grow_step *step, unsigned long frames, bool blocks) __must_check;

/*
 * Maps and frees the first `done` extents; the metadata of the rest goes back. -EIO: the host
 * refused the mapping: nothing joined, and the caller gives the frames back to the host.
 * `done` may be 0: the plan is dropped.
 */
int grow_commit(struct mm *mm, struct grow_step *step, unsigned int done) __must_check;

#endif
