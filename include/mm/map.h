/* SPDX-License-Identifier: MIT */
/*
 * The mapping region: frames at addresses of their own, beside the direct map. Addresses are freed
 * and reused; before and after each mapping there is a page at which nothing is mapped, so that a
 * run past its end faults. Threads only; never sleeps; may grow memory for page tables, which stay.
 */
#ifndef MM_MAP_H
#define MM_MAP_H

#include <arch/mmu.h>
#include <lib/addr.h>

/*
 * Maps the frames in order at one contiguous address. NULL: no addresses or no memory for tables,
 * or the host refused. If it refuses to undo that as well, some stay mapped: that is said, and
 * counts in map_nr_pages(); they must not be used for anything else.
 */
void *map_frames(const pfn_t *frame, unsigned long nr_frames, enum mmu_prot prot);

/* Maps neighbours. */
void *map_range(pfn_t first, unsigned long nr_frames, enum mmu_prot prot);

/* Maps machine frames that are no RAM of ours (mmu_map_machine). */
void *map_machine(mfn_t first, unsigned long nr_frames, enum mmu_prot prot);

/*
 * Unmaps what one of the above returned, whole. An address that is not the start of a mapping is
 * reported in one line and changes nothing: -EINVAL. The frames stay their owner's. -EIO: the host
 * refused; a shorter mapping may be left at the same address, to be removed again.
 */
int map_remove(void *va);

/* Pages mapped now. */
unsigned long map_nr_pages(void);

#endif
