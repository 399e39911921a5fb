/* SPDX-License-Identifier: MIT */
/* For arch/common/pagetable: entries and the TLB (PVH). */
#ifndef ASM_PAGETABLE_H
#define ASM_PAGETABLE_H

#include <arch/mmu.h>
#include <asm/insn.h>
#include <asm/pte.h>

#define PTE_DEVICE (1ULL << 9) /* available to software: not the guest's RAM */
#define PTE_LEAF   (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY)
#define PTE_TABLE  (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED)

static inline bool pte_is_present(uint64_t pte)
{
	return pte & PTE_PRESENT;
}

static inline bool pte_is_table(uint64_t pte)
{
	return (pte & (PTE_PRESENT | PTE_LARGE)) == PTE_PRESENT;
}

static inline bool pte_is_device(uint64_t pte)
{
	return pte & PTE_DEVICE;
}

static inline pfn_t pte_pfn(uint64_t pte)
{
	return paddr_to_pfn(PADDR(pte & PTE_MADDR));
}

static inline enum mmu_prot pte_prot(uint64_t pte)
{
	return pte & PTE_WRITE ? MMU_RW : pte & PTE_NX ? MMU_RO : MMU_RX;
}

static inline uint64_t pte_table(pfn_t pfn)
{
	return pfn_to_paddr(pfn).v | PTE_TABLE;
}

static inline uint64_t pte_page(pfn_t pfn, enum mmu_prot prot)
{
	uint64_t pte = pfn_to_paddr(pfn).v | PTE_LEAF;

	if (prot == MMU_RW)
		pte |= PTE_WRITE;
	return prot == MMU_RX ? pte : pte | PTE_NX;
}

/* Make the entry of a device's registers. Machine frames are frames here: the host translates. */
static inline uint64_t pte_device(pfn_t pfn, enum mmu_prot prot)
{
	return pte_page(pfn, prot) | PTE_DEVICE;
}

/* Change the protection of a page's entry. */
static inline uint64_t pte_protect(uint64_t pte, enum mmu_prot prot)
{
	return pte_page(pte_pfn(pte), prot) | (pte & PTE_DEVICE);
}

static inline uint64_t pte_block(pfn_t first, enum mmu_prot prot)
{
	return pte_page(first, prot) | PTE_LARGE;
}

/* Make the entry of page `i` of a block. */
static inline uint64_t pte_of_block(uint64_t block, unsigned int i)
{
	return (block & ~PTE_LARGE) + i * PAGE_SIZE;
}

/*
 * Write an entry above the last level, in place of none, or of one that maps the same with pages of
 * another size. `va`: a byte that it serves. The caller flushes the rest of a table's pages.
 */
static inline void pagetable_hook(volatile uint64_t *entry, uint64_t val, uintptr_t va)
{
	*entry = val;
	invlpg(va);
}

/* Around the entries of one commit, and then its flushes. */
static inline void pagetable_write_begin(void)
{
}

static inline void pagetable_write_end(void)
{
}

static inline void pagetable_flush_page(uintptr_t va)
{
	invlpg(va);
}

static inline void pagetable_flush_all(void)
{
	write_cr3(read_cr3());
}

static inline void pagetable_flush_end(void)
{
}

#endif
