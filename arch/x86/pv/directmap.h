/* SPDX-License-Identifier: MIT */
/* Building the direct map of the PV port (directmap.c, earlymap.c). */
#ifndef X86_DIRECTMAP_H
#define X86_DIRECTMAP_H

#include <lib/addr.h>

#define FREED_MAX 16

struct directmap {
	unsigned long nr_frames;   /* of the guest */
	unsigned long next_free;   /* frames from here on are not used */
	unsigned long mapped_end;  /* the builder mapped frames below this */
	unsigned long first_block; /* blocks [first_block, end_block) are in the direct map */
	unsigned long end_block;
	pfn_t boot_stack;	/* free once the builder's mapping is gone */
	pfn_t freed[FREED_MAX]; /* frames below next_free that became free, ascending */
	unsigned int nr_freed;
};

/* Map all of the guest's memory. The builder's mapping stays. Panics if Xen refuses. */
void directmap_build(struct directmap *map, unsigned long nr_frames, uintptr_t boot_stack_end);

/* Remove the builder's mapping, protect the image, move the p2m into its region. */
void directmap_finish(struct directmap *map);

/*
 * Map the first blocks by hand, out of frames that the builder mapped: those with the builder's
 * page tables and the free frames behind them. pv/paging.c works from then on.
 */
void earlymap_build(struct directmap *map);

#endif
