/* SPDX-License-Identifier: MIT */
/*
 * The p2m of a PV guest: which machine frame is behind each frame, as a flat array in the p2m
 * region and as the tree that the toolstack reads (Xen public/arch-x86/xen.h). Only ports with
 * CONFIG_P2M have one; everybody else includes mm/p2m.h, which has stubs for the rest.
 *
 * It grows by leaves (one page, a block of frames on x86_64), contiguously from frame 0 and never
 * shrinks:
 *   p2m_extend   stages leaves, all entries "absent": memory only, but for upper tables
 *   p2m_set      may write to staged leaves at once (through the direct map)
 *   p2m_queue    queues their mapping in the region, for the caller's mmu_commit
 *   p2m_publish  after that: they are part of the tree, and max_pfn covers them
 *   p2m_abort    instead of that, or for the last ones: staged leaves go back to the stash
 *
 * Threads only, never sleeps.
 */
#ifndef ARCH_P2M_H
#define ARCH_P2M_H

#include <arch/mmu.h>
#include <lib/addr.h>

/* Frames that p2m_extend(end) would take now, upper tables of the region included. */
unsigned int p2m_tables_needed(pfn_t end);

/* Stages leaves for every frame below `end`. -ENOMEM: stash too small (nothing taken). -EIO. */
int p2m_extend(pfn_t end, struct frame_stash *tables) __must_check;
void p2m_queue(void);
void p2m_publish(void);

/* Drops staged leaves that frames below `end` do not need. No stash: their frames are lost. */
void p2m_abort(pfn_t end, struct frame_stash *tables);

/* MFN_NONE for what is absent or beyond the last leaf. */
mfn_t p2m_get(pfn_t pfn);

/* The leaf must be there, published or staged. */
void p2m_set(pfn_t pfn, mfn_t mfn);

/* `nr_frames` neighbours on machine frames that are neighbours too (an extent). */
void p2m_set_range(pfn_t pfn, mfn_t mfn, unsigned long nr_frames);

/* The frame whose machine frame this is, by Xen's M2P; PFN_NONE if it is none of ours. */
pfn_t mfn_to_pfn(mfn_t mfn);

#endif
