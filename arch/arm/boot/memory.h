/* SPDX-License-Identifier: MIT */
/*
 * The plan of guest-physical space, made once: RAM, RAM in use, and numbers free for later. Frames
 * are those within the direct map. Banks are rounded inwards to whole frames, reservations
 * outwards. It is the one allocator of guest-physical space: mappings outside RAM take their
 * numbers from those of growth, so the two never overlap.
 */
#ifndef BOOT_MEMORY_H
#define BOOT_MEMORY_H

#include <asm/machine.h>
#include <lib/addr.h>

/*
 * Make the plan (boot/plan.c). The image (asm/arm.h) and the tree are in use; ranges that the tree
 * reserves are never used. Panics if no RAM is left.
 * Context: boot, after xen_find().
 */
void memory_plan(const struct machine *m);

/*
 * Find the first run of present frames at or after `from`, which the direct map covers.
 * Return: false after the last.
 */
bool memory_next_present(pfn_t from, pfn_t *first, pfn_t *end);

/*
 * Take a free frame for a table, never freed; contiguous ones if possible. Panics if there is none.
 */
pfn_t memory_take(void);

/*
 * Take `nr_frames` contiguous numbers without RAM, now or later, for shared pages such as
 * shared_info. They may be above the direct map. Return: PFN_NONE if there are fewer. Context:
 * boot, before memory_describe().
 */
pfn_t memory_take_space(unsigned long nr_frames);

/*
 * Fill in boot_info.range: free frames are RAM. The early tables at the image's end (boot_tables,
 * asm/arm.h) are free by then.
 */
void memory_describe(void);

/* --- the parts of a plan (boot/memory.c) --- */

/* Where RAM may be populated. */
struct memory_space {
	const struct machine_range
		*range; /* only their part in extended regions, if there are any */
	unsigned int nr;
	bool grows; /* it may be populated; else it is for mappings alone */
};

/*
 * Begin a plan with the ranges of `m`. Frames from `end` on are beyond the direct map and not used,
 * with one message.
 */
void memory_read(const struct machine *m, const struct memory_space *space, pfn_t end);

/* Mark bytes of RAM as in use, for good, or until memory_describe(). */
void memory_keep(paddr_t addr, uint64_t bytes);
void memory_keep_for_boot(paddr_t addr, uint64_t bytes);

#endif
