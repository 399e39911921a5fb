/* SPDX-License-Identifier: MIT */
/*
 * What the ports that share these page tables see of them beside arch/mmu.h. In return each has an
 * asm/pagetable.h: what an entry looks like (pte_...), and what the processor wants done around a
 * change (pagetable_...). An entry of the last level is told from a block's by who asks: only
 * entries above the last level are asked whether they are tables.
 */
#ifndef PAGETABLE_PAGETABLE_H
#define PAGETABLE_PAGETABLE_H

#include <lib/addr.h>

/*
 * Builds tables below this frame, the root, from now on; it is zeroed. Frames of tables are reached
 * by pfn_to_virt. The port tells the processor when they are ready.
 */
void pagetable_init(pfn_t pfn);
pfn_t pagetable_root(void);

/* The last level's entry of an address; NULL if there is no table for it. */
uint64_t *pagetable_last_entry(const void *va);

#endif
