/* SPDX-License-Identifier: MIT */
/*
 * Mapping by the tables that head.S made, until the kernel has its own: pages only, so that nothing
 * is mapped that is not meant, out of the few tables at the image's end. Panics when they are used
 * up.
 */
#ifndef BOOT_EARLYMAP_H
#define BOOT_EARLYMAP_H

#include <lib/types.h>

/* The entry of the page at `va`, in the last level; made, and then 0, if there was none. */
uint64_t *early_entry(uintptr_t va);

/* These bytes of memory at their place in the direct map. NULL: it has none for them. */
void *early_map(uint64_t addr, uint64_t bytes);

#endif
