/* SPDX-License-Identifier: MIT */
/*
 * The transaction of page-table updates for mmu_commit(): the calls of Xen, and those of the
 * rollback. For paging.c alone.
 */
#ifndef PV_QUEUE_H
#define PV_QUEUE_H

#include <arch/mmu.h>

/* Drop everything. Context: boot. */
void pv_queue_reset(void);
bool pv_queue_is_empty(void);

/* Queue the change of the entry at a machine address from `old` to `val`. */
void pv_queue_update(uint64_t entry_maddr, uint64_t old, uint64_t val);

/* Flush the TLB with the commit, as a mapping is removed or changed. */
void pv_queue_flush(void);

/* Record a frame that becomes a table (back in the stash after a failure), or ceases to be one. */
void pv_queue_hooks(pfn_t table);
void pv_queue_unhooks(pfn_t table);

#endif
