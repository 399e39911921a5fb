/* SPDX-License-Identifier: MIT */
/*
 * Page tables of this port: an entry for each page of a region, applied by mmap(). Frames are pages
 * of a memory file, so that one can be mapped twice.
 */
#ifndef ARCH_LINUX_PAGETABLE_H
#define ARCH_LINUX_PAGETABLE_H

#include <arch/layout.h>
#include <arch/mmu.h>

/*
 * Entries of contiguous pages on contiguous frames differ by LINUX_PTE_STEP. An entry that maps
 * nothing holds the time of its frame's release, in ms plus one; 0: never released.
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

/* Drop everything: nothing is mapped, nothing prepared. */
void linux_pt_reset(void);

/* Return the entry of the page at `va`; NULL outside the regions. */
linux_pte *linux_pt_entry(const void *va);

/*
 * Return the flag of an upper table: whether it exists. `shift` is BLOCK_SHIFT for the table that
 * maps pages, LINUX_GIB_SHIFT for the one that maps blocks. `va` is in a region.
 */
bool *linux_pt_table(uintptr_t va, unsigned int shift);

/*
 * Apply the entries of these pages to the process, in order. *done: how many; fewer than all if
 * Linux refused. `anew`: remove the old mappings first, so that a process at its limit of mappings
 * is not refused. Then fewer than all leaves nothing mapped.
 */
void linux_pt_sync(void *va, size_t nr_pages, bool anew, size_t *done);

/* Test whether the page at `va` is mapped. */
bool linux_pt_is_mapped(const void *va);

/* Test whether the frame at this address of the direct map was released. *ms: after the start. */
bool linux_pt_released(const void *va, uint64_t *ms);

#endif
