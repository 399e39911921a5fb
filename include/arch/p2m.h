/* SPDX-License-Identifier: MIT */
/*
 * The p2m of a PV guest: the machine frame of each frame, as a flat array in the p2m region and as
 * the tree that the toolstack reads (Xen public/arch-x86/xen.h). Only ports with CONFIG_P2M have
 * one. Other code includes mm/p2m.h, which has stubs for the rest.
 *
 * It grows by leaves (one page, a block of frames on x86_64), contiguously from frame 0 and never
 * shrinks:
 *   p2m_extend   stages leaves, all entries "absent": memory only, but for upper tables
 *   p2m_set      may write to staged leaves at once (through the direct map)
 *   p2m_queue    queues their mapping in the region, for the caller's mmu_commit
 *   p2m_publish  after that: they are part of the tree, and max_pfn covers them
 *   p2m_abort    instead of that, or for the last ones: staged leaves go back to the stash
 *
 * Context: thread; never sleeps.
 */
#ifndef ARCH_P2M_H
#define ARCH_P2M_H

#include <arch/mmu.h>
#include <lib/addr.h>

/* Count the frames that p2m_extend(end) would take now, with upper tables of the region. */
unsigned int p2m_tables_needed(pfn_t end);

/*
 * Stage leaves for every frame below `end`.
 * Return: -ENOMEM if the stash holds too few frames (none is taken); -EIO if Xen refused.
 */
int p2m_extend(pfn_t end, struct frame_stash *tables) __must_check;

/* Queue the mapping of staged leaves, for mmu_commit(). */
void p2m_queue(void);

/* Add staged leaves to the tree, after mmu_commit(). */
void p2m_publish(void);

/* Drop staged leaves that frames below `end` do not need. Without a stash their frames leak. */
void p2m_abort(pfn_t end, struct frame_stash *tables);

/* Return the machine frame of a frame; MFN_NONE if it is absent or beyond the last leaf. */
mfn_t p2m_get(pfn_t pfn);

/* Set the machine frame of a frame, whose leaf is published or staged. */
void p2m_set(pfn_t pfn, mfn_t mfn);

/* Set the machine frames of an extent: contiguous frames on contiguous machine frames. */
void p2m_set_range(pfn_t pfn, mfn_t mfn, unsigned long nr_frames);

/* Return the frame of a machine frame, by Xen's M2P; PFN_NONE if it is not the guest's. */
pfn_t mfn_to_pfn(mfn_t mfn);

#endif
