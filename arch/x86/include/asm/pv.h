/* SPDX-License-Identifier: MIT */
/* What the parts of the PV port share, and what drivers/xen asks of it. */
#ifndef ASM_PV_H
#define ASM_PV_H

#include <arch/mmu.h>
#include <asm/domain.h>
#include <asm/pte.h>
#include <asm/width.h>
#include <lib/addr.h>

/* A copy of what the domain builder said; changes only where the guest is resumed. */
extern struct start_info xen_start_info;

/* --- pv/paging.c: the page tables --- */

/* The entry for a page at this protection. */
uint64_t pv_pte(mfn_t mfn, enum mmu_prot prot);

/* The processor knows no such bit: from now on no entry has it. */
void pv_paging_without_nx(void);

/* The entry that hooks a table. */
uint64_t pv_table_entry(mfn_t mfn);

/* An index into a table of this level (1 is the last). */
unsigned int pv_index(uintptr_t va, unsigned int level);

/* Begins with the tables whose root this frame is. Frames of tables must be in the direct map. */
void pv_paging_init(pfn_t pfn);

/* Page tables were moved to other machine frames, and the p2m says where to: the root's, too. */
void pv_paging_resume(void);

/* The frame of the table of this level that serves `va`; PFN_NONE if there is none. */
pfn_t pv_table(uintptr_t va, unsigned int level);

/*
 * Unhooks the last-level table of `va`, of which nothing may be mapped twice; queued, as mmu_unmap.
 * After mmu_commit the frame is an ordinary, writable one again. PFN_NONE: there is no table.
 */
pfn_t pv_unhook_table(uintptr_t va);

/* --- pv/p2m.c --- */

/* Xen's table of machine frame to frame, and how far it reaches. */
extern const unsigned long *xen_m2p;
extern unsigned long xen_m2p_entries;

/* Begins with the builder's flat list, mapped anywhere, of `nr_frames` entries. */
void p2m_init(unsigned long *list, unsigned long nr_frames);

/* The entries of a block's 512 frames, which begin at `first`; NULL if there are none. */
const unsigned long *pv_p2m_leaf(pfn_t first);

/*
 * Maps the list's own frames, the first of which is `list`, into the p2m region and reads it there
 * from then on; builds the tree above it out of `tables`. -ENOMEM, -EIO: nothing changed.
 */
int p2m_adopt(pfn_t list, struct frame_stash *tables) __must_check;

/* Table frames p2m_adopt takes, the tree's own included. */
unsigned int p2m_adopt_needs(void);

/*
 * Around a time in which the toolstack may move the guest to other machine frames. p2m_resume makes
 * the tree and shared_info true again; before it, frames of tables may be read and not changed.
 */
void p2m_suspend(void);
void p2m_resume(void);

/* --- pv/builder.c: what is looked up at boot, and again after a resume. Each panics if refused. */

/* The frame that holds what start_info says; the toolstack writes there what changed. */
extern pfn_t pv_start_info_pfn;

void pv_find_m2p(void);
void pv_map_shared_info(void);

/* The frame behind a machine frame that start_info names; PFN_NONE if it is none of ours. */
pfn_t builder_pfn(mfn_t mfn);

/* A domU's console ring, seen through the direct map. */
void pv_console_find(uintptr_t base);

#endif
