/* SPDX-License-Identifier: MIT */
/*
 * Page tables of this port: for each page of a region an entry that says what should be there, and
 * mmap() to make it so. Frames are pages of a file in memory, so that one can be mapped twice.
 */
#ifndef ARCH_HOST_PAGETABLE_H
#define ARCH_HOST_PAGETABLE_H

#include <arch/layout.h>
#include <arch/mmu.h>

/*
 * Neighbours that are mapped to neighbours differ by HOST_PTE_STEP. Of a frame that was released an
 * entry that maps nothing says when, in ms and one more.
 */
typedef uint64_t host_pte;

enum host_pte_kind { HOST_PTE_NONE, HOST_PTE_FRAME, HOST_PTE_MACHINE };

#define HOST_PTE_STEP  16U
#define HOST_GIB_SHIFT 30U

static inline host_pte host_pte_make(enum host_pte_kind kind, unsigned long frame,
				     enum mmu_prot prot)
{
	return (uint64_t)frame * HOST_PTE_STEP + (uint64_t)prot * 4 + (uint64_t)kind;
}

static inline enum host_pte_kind host_pte_kind(host_pte pte)
{
	return (enum host_pte_kind)(pte % 4);
}

static inline enum mmu_prot host_pte_prot(host_pte pte)
{
	return (enum mmu_prot)(pte % HOST_PTE_STEP / 4);
}

static inline unsigned long host_pte_frame(host_pte pte)
{
	return (unsigned long)(pte / HOST_PTE_STEP);
}

/* Forgets all; nothing is mapped, nothing prepared. */
void host_pt_reset(void);

/* The entry of the page at `va`; NULL outside the regions. */
host_pte *host_pt_entry(const void *va);

/*
 * Is the upper table of this address there? shift: BLOCK_SHIFT for the one that maps pages,
 * HOST_GIB_SHIFT for the one that maps blocks. The address must be in a region.
 */
bool *host_pt_table(uintptr_t va, unsigned int shift);

/*
 * Makes the process's memory what the entries of these pages say, from the first on. *done says how
 * far; less than all: Linux refused. `anew`: what is there goes first, so that a process that has
 * as many mappings as it may is not refused; then less than all leaves nothing there.
 */
void host_pt_sync(void *va, size_t nr_pages, bool anew, size_t *done);

bool host_pt_is_mapped(const void *va);

/* Was the frame at this place of the direct map released? And when, in ms after the start? */
bool host_pt_released(const void *va, uint64_t *ms);

#endif
