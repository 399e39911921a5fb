/* SPDX-License-Identifier: MIT */
/*
 * Guest-physical space, planned once: what of it is RAM, what of that is in use, and which numbers
 * are free for what comes later. Frames are those that the direct map has room for; banks are cut
 * inwards to whole frames, reservations outwards. It is the one allocator of guest-physical space:
 * what is mapped where no RAM is takes its numbers from those that growth would have, so neither
 * can meet the other.
 */
#ifndef BOOT_MEMORY_H
#define BOOT_MEMORY_H

#include <asm/machine.h>
#include <lib/addr.h>

/*
 * Makes the plan (boot/plan.c). The image (asm/arm.h says where it lies) and the tree are in use;
 * what the tree reserves is not ours at all. After xen_find(). Panics if no RAM is left.
 */
void memory_plan(const struct machine *m);

/*
 * The first run of frames at or after `from` that are there, in use or free: what the direct map
 * covers. False: no more.
 */
bool memory_next_present(pfn_t from, pfn_t *first, pfn_t *end);

/*
 * Takes a free frame for a table, for ever; neighbours as far as there are. Panics if there is
 * none.
 */
pfn_t memory_take(void);

/*
 * Takes `nr_frames` neighbours that no RAM is behind and none will ever be: for shared_info, for
 * maps of grants and the like; maybe above the direct map's end. PFN_NONE: there are not so
 * many. Before memory_describe().
 */
pfn_t memory_take_space(unsigned long nr_frames);

/*
 * Fills in boot_info.range: what is still free is RAM. The early tables at the image's end
 * (boot_tables, asm/arm.h) are free by then.
 */
void memory_describe(void);

/* --- what a plan is made of (boot/memory.c) --- */

/* Where RAM may come by and by. */
struct memory_space {
	const struct machine_range
		*range; /* only what lies in extended regions, if there are any */
	unsigned int nr;
	bool grows; /* it may be populated; else it is for maps alone */
};

/*
 * Begins a plan with what `m` says. Frames from `end` on have no place in the direct map: not used,
 * one line said.
 */
void memory_read(const struct machine *m, const struct memory_space *space, pfn_t end);

/* These bytes of RAM are in use for ever, or until memory_describe(). */
void memory_keep(paddr_t addr, uint64_t bytes);
void memory_keep_for_boot(paddr_t addr, uint64_t bytes);

#endif
