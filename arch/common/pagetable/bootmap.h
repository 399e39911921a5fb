/* SPDX-License-Identifier: MIT */
/* The kernel's first own page tables, for ports that start on others. */
#ifndef PAGETABLE_BOOTMAP_H
#define PAGETABLE_BOOTMAP_H

#include <lib/addr.h>

/*
 * Build the direct map, the image (W^X, in the direct map as well) and the tables of `nr_fixed`
 * pages of FIXED; nothing else is mapped. The image begins at frame `image`. The port installs the
 * tables.
 */
void bootmap_build(pfn_t image, unsigned int nr_fixed);

/* --- implemented by the port --- */

/* Find the first run of present frames at or after `from`. Return: false after the last. */
bool bootmap_next_present(pfn_t from, pfn_t *first, pfn_t *end);

/* Take a frame for a table, never freed, in reach of pfn_to_virt. Panics if there is none. */
pfn_t bootmap_take_table(void);

#endif
