/* SPDX-License-Identifier: MIT */
/*
 * The transaction of page-table updates that mmu_commit() makes true: what Xen is told, and what to
 * tell it to undo that. For paging.c alone.
 */
#ifndef PV_QUEUE_H
#define PV_QUEUE_H

#include <arch/mmu.h>

/* Forgets everything: at boot. */
void pv_queue_reset(void);
bool pv_queue_is_empty(void);

/* The entry at this machine address goes from `old` to `val`. */
void pv_queue_update(uint64_t entry_maddr, uint64_t old, uint64_t val);

/* Something that is mapped goes away or changes: the TLB is flushed with it. */
void pv_queue_flush(void);

/* Frames that become tables by it (back in the stash if it fails), or cease to be (if not). */
void pv_queue_hooks(pfn_t table);
void pv_queue_unhooks(pfn_t table);

#endif
