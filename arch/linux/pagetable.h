/* SPDX-License-Identifier: MIT */
/*
 * Page tables of this port: for each page of a region an entry that says what should be there, and
 * mmap() to make it so. Frames are pages of a file in memory, so that one can be mapped twice.
 */
#ifndef ARCH_LINUX_PAGETABLE_H
#define ARCH_LINUX_PAGETABLE_H

#include <arch/layout.h>
#include <arch/mmu.h>

/*
 * Neighbours that are mapped to neighbours differ by LINUX_PTE_STEP. Of a frame that was released
 * an entry that maps nothing says when, in ms and one more.
 */
typedef uint64_t linux_pte;

enum linux_pte_kind { LINUX_PTE_NONE, LINUX_PTE_FRAME, LINUX_PTE_MACHINE };

#define LINUX_PTE_STEP	16U
#define LINUX_GIB_SHIFT 30U

static inline linux_pte linux_pte_make(enum linux_pte_kind kind, unsigned long frame,
				       enum mmu_prot prot)
{
	return (uint64_t)frame * LINUX_PTE_STEP + (uint64_t)prot * 4 + (uint64_t)kind;
}

static inline enum linux_pte_kind linux_pte_kind(linux_pte pte)
{
	return (enum linux_pte_kind)(pte % 4);
}

static inline enum mmu_prot linux_pte_prot(linux_pte pte)
{
	return (enum mmu_prot)(pte % LINUX_PTE_STEP / 4);
}

static inline unsigned long linux_pte_frame(linux_pte pte)
{
	return (unsigned long)(pte / LINUX_PTE_STEP);
}

/* Forgets all; nothing is mapped, nothing prepared. */
void linux_pt_reset(void);

/* The entry of the page at `va`; NULL outside the regions. */
linux_pte *linux_pt_entry(const void *va);

/*
 * Is the upper table of this address there? shift: BLOCK_SHIFT for the one that maps pages,
 * LINUX_GIB_SHIFT for the one that maps blocks. The address must be in a region.
 */
bool *linux_pt_table(uintptr_t va, unsigned int shift);

/*
 * Makes the process's memory what the entries of these pages say, from the first on. *done says how
 * far; less than all: Linux refused. `anew`: what is there goes first, so that a process that has
 * as many mappings as it may is not refused; then less than all leaves nothing there.
 */
void linux_pt_sync(void *va, size_t nr_pages, bool anew, size_t *done);

bool linux_pt_is_mapped(const void *va);

/* Was the frame at this place of the direct map released? And when, in ms after the start? */
bool linux_pt_released(const void *va, uint64_t *ms);

#endif
