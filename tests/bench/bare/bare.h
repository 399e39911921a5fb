/* SPDX-License-Identifier: MIT */
/*
 * What a port must do besides, so that frames of the host's can be used and given back: page tables
 * on PV. Where a guest's page tables are its own there is nothing that costs a hypercall.
 */
#ifndef BARE_H
#define BARE_H

#include <arch/mmu.h>
#include <asm/reservation.h>

#define NR_BLOCKS    240U /* 480 MiB, each way */
#define BLOCKS_BATCH 32U

/* Tables for NR_BLOCKS blocks from `first` on, out of the frames the guest has. Not measured. */
bool bare_prepare(pfn_t first, enum mmu_leaf leaf);

/* Maps 512 frames from `first` on, of which the host told the names. */
bool bare_map_frames(pfn_t first, const xen_pfn_t *name);

/* Maps at most BLOCKS_BATCH blocks, each by its name; and unmaps them. */
bool bare_map_blocks(pfn_t first, unsigned int nr, const xen_pfn_t *name);
bool bare_unmap_blocks(pfn_t first, unsigned int nr);

#endif
