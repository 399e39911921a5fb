/* SPDX-License-Identifier: MIT */
/*
 * Mappings in the tables of head.S, until the kernel has its own: single pages, so that nothing
 * else is mapped, out of the few tables at the image's end. Panics when these are used up.
 */
#ifndef BOOT_EARLYMAP_H
#define BOOT_EARLYMAP_H

#include <lib/types.h>

/* Return the entry of the last level for the page at `va`; made, as 0, if there was none. */
uint64_t *early_entry(uintptr_t va);

/* Map bytes of memory at their place in the direct map. Return: NULL beyond its end. */
void *early_map(uint64_t addr, uint64_t bytes);

#endif
