/* SPDX-License-Identifier: MIT */
/* How the PV port comes to its direct map (directmap.c, earlymap.c). */
#ifndef X86_DIRECTMAP_H
#define X86_DIRECTMAP_H

#include <lib/addr.h>

#define FREED_MAX 16

struct directmap {
	unsigned long nr_frames;   /* that the guest has */
	unsigned long next_free;   /* frames from here on are not used */
	unsigned long mapped_end;  /* the builder mapped frames below this */
	unsigned long first_block; /* blocks [first_block, end_block) are in the direct map */
	unsigned long end_block;
	pfn_t boot_stack;	/* free once the builder's mapping is gone */
	pfn_t freed[FREED_MAX]; /* frames below next_free that nobody uses any more, ascending */
	unsigned int nr_freed;
};

/* All of the guest's memory at its place; the builder's mapping is still there. Panics if refused.
 */
void directmap_build(struct directmap *map, unsigned long nr_frames, uintptr_t boot_stack_end);

/* Removes the builder's mapping, protects the image, moves the p2m into its region. */
void directmap_finish(struct directmap *map);

/*
 * The first blocks, by hand, out of frames that the builder mapped: those that hold the builder's
 * page tables and the free frames behind them. pv/paging.c can work from then on.
 */
void earlymap_build(struct directmap *map);

#endif
