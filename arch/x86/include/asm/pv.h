/* SPDX-License-Identifier: MIT */
/* The parts of the PV port, also for drivers/xen. */
#ifndef ASM_PV_H
#define ASM_PV_H

#include <arch/mmu.h>
#include <asm/domain.h>
#include <asm/pte.h>
#include <asm/width.h>
#include <lib/addr.h>

/* A copy of the domain builder's start_info. It changes only at a resume. */
extern struct start_info xen_start_info;

/* --- pv/paging.c: the page tables --- */

/* Make the entry of a page with a protection. */
uint64_t pv_pte(mfn_t mfn, enum mmu_prot prot);

/* Drop a bit that the processor lacks from all later entries. */
void pv_paging_without_nx(void);

/* Make the entry of a table. */
uint64_t pv_table_entry(mfn_t mfn);

/* Return the index of `va` in a table of this level (1 is the last). */
unsigned int pv_index(uintptr_t va, unsigned int level);

/* Set the root of the tables. Frames of tables are in the direct map. */
void pv_paging_init(pfn_t pfn);

/* Repair the tables after a resume, when they are on other machine frames, by the p2m. */
void pv_paging_resume(void);

/* Find the frame of the table of this level for `va`. Return: PFN_NONE without one. */
pfn_t pv_table(uintptr_t va, unsigned int level);

/*
 * Queue the removal of the last-level table of `va`, of which nothing may be mapped twice. After
 * mmu_commit() its frame is an ordinary, writable one again.
 * Return: its frame; PFN_NONE without a table.
 */
pfn_t pv_unhook_table(uintptr_t va);

/* --- pv/p2m.c --- */

/* Xen's table of machine frame to frame, and its size. */
extern const unsigned long *xen_m2p;
extern unsigned long xen_m2p_entries;

/* Start with the builder's flat list, mapped anywhere, of `nr_frames` entries. */
void p2m_init(unsigned long *list, unsigned long nr_frames);

/* Return the entries of a block's 512 frames from `first` on; NULL without them. */
const unsigned long *pv_p2m_leaf(pfn_t first);

/*
 * Map the list's own frames, the first of which is `list`, into the p2m region, use it there from
 * then on, and build the tree above it out of `tables`. Return: -ENOMEM or -EIO; nothing changed.
 */
int p2m_adopt(pfn_t list, struct frame_stash *tables) __must_check;

/* Count the table frames that p2m_adopt takes, with those of the tree. */
unsigned int p2m_adopt_needs(void);

/*
 * Prepare for, and repair after, a suspend, in which the toolstack may move the guest to other
 * machine frames. p2m_resume repairs the tree and shared_info; before it, tables may be read, not
 * changed.
 */
void p2m_suspend(void);
void p2m_resume(void);

/* --- pv/builder.c: what is looked up at boot, and again after a resume. Each panics if refused. */

/* Return the frame of start_info, where the toolstack writes its changes. */
extern pfn_t pv_start_info_pfn;

void pv_find_m2p(void);
void pv_map_shared_info(void);

/* Return the frame of a machine frame of start_info; PFN_NONE if it is not the guest's. */
pfn_t builder_pfn(mfn_t mfn);

/* Return a domU's console ring, in the direct map. */
void pv_console_find(uintptr_t base);

#endif
