/* SPDX-License-Identifier: MIT */
/*
 * Guest-physical space, planned once: what of it is RAM, what of that is in use, and which numbers
 * are free for what comes later (boot/memory.c). Frames are those that the direct map has room for;
 * banks are cut inwards to whole frames.
 */
#ifndef BOOT_MEMORY_H
#define BOOT_MEMORY_H

#include <asm/machine.h>
#include <kernel/addr.h>

/*
 * Makes the plan. The image (asm/arm.h says where it lies) and the tree are in use; what the tree
 * reserves is not ours at all. Panics if no RAM is left.
 */
void memory_plan(const struct machine *m);

/*
 * The first run of frames at or after `from` that are there, in use or free: what the direct map
 * covers. False: no more.
 */
bool memory_next_present(pfn_t from, pfn_t *first, pfn_t *end);

/* Takes a free frame for a table, for ever; neighbours as far as there are. Panics if there is
 * none. */
pfn_t memory_take(void);

/* Takes a frame number that no RAM is behind and none will ever be: for shared_info and the like.
 */
pfn_t memory_nowhere(void);

/*
 * Fills in boot_info.range: what is still free is RAM. The early tables at the image's end
 * (boot_tables, asm/arm.h) are free by then.
 */
void memory_describe(void);

#endif
