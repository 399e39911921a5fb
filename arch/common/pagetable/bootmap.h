/* SPDX-License-Identifier: MIT */
/* The kernel's first page tables of its own, for ports that were entered on others. */
#ifndef PAGETABLE_BOOTMAP_H
#define PAGETABLE_BOOTMAP_H

#include <lib/addr.h>

/*
 * Builds direct map, image (W^X, in the direct map as well) and the tables of `nr_fixed` pages of
 * FIXED; nothing else is mapped. The image begins at frame `image`. The port tells the processor.
 */
void bootmap_build(pfn_t image, unsigned int nr_fixed);

/* --- what the port says --- */

/* The first run of frames at or after `from` that are there, in use or free. False: no more. */
bool bootmap_next_present(pfn_t from, pfn_t *first, pfn_t *end);

/* Takes a frame for a table, for ever, which pfn_to_virt reaches. Panics if there is none. */
pfn_t bootmap_take_table(void);

#endif
