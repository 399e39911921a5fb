/* SPDX-License-Identifier: MIT */
/*
 * Functions that tables.c needs from the code that changes page tables: a processor's own (mmu.c),
 * or a PV guest's (arch/x86/pv/paging.c).
 */
#ifndef PAGETABLE_TABLES_H
#define PAGETABLE_TABLES_H

#include <arch/mmu.h>

/* Test whether no change is queued. */
bool pagetable_is_idle(void);

/* Test whether a table of this level (1 is the last) exists for `va`. */
bool pagetable_is_there(uintptr_t va, unsigned int level);

/*
 * Add a table of this level, which is not there, below one that is, at once; `va` is the first
 * address it serves. Its frame comes from `tables`, which is not empty.
 * Return: -EIO: refused, nothing changed; -EBUSY: refused, the frame is lost.
 */
int pagetable_add(uintptr_t va, unsigned int level, struct frame_stash *tables);

#endif
