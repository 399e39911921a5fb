/* SPDX-License-Identifier: MIT */
/*
 * The shared page tables, for their ports, beside arch/mmu.h. Each port has an asm/pagetable.h with
 * the format of an entry (pte_...) and the processor's needs around a change (pagetable_...). Only
 * entries above the last level are tested for tables, so an entry of the last level may look like a
 * block's.
 */
#ifndef PAGETABLE_PAGETABLE_H
#define PAGETABLE_PAGETABLE_H

#include <lib/addr.h>

/*
 * Set the root of the tables to this frame, which is zeroed. Tables are accessed by pfn_to_virt.
 * The port installs the root.
 */
void pagetable_init(pfn_t pfn);

/* Return the frame of the root. */
pfn_t pagetable_root(void);

/* Find the entry of the last level for an address. Return: NULL without a table. */
uint64_t *pagetable_last_entry(const void *va);

#endif
