/* SPDX-License-Identifier: MIT */
/* For arch/common/pagetable: entries and the TLB. Barriers by Arm ARM D8.14 and K11. */
#ifndef ASM_PAGETABLE_H
#define ASM_PAGETABLE_H

#include <arch/mmu.h>
#include <asm/pte.h>
#include <asm/sysreg.h>

#define PTE_ADDR   0x0000fffffffff000ULL
#define PTE_PXN	   (1ULL << PTE_PXN_SHIFT)
#define PTE_UXN	   (1ULL << PTE_UXN_SHIFT)
#define PTE_ATTR   (7ULL << PTE_ATTR_SHIFT)
#define PTE_DEVICE ((uint64_t)MAIR_DEVICE << PTE_ATTR_SHIFT)

static inline bool pte_is_present(uint64_t pte)
{
	return pte & PTE_VALID;
}

static inline bool pte_is_table(uint64_t pte)
{
	return (pte & PTE_TABLE) == PTE_TABLE;
}

static inline bool pte_is_device(uint64_t pte)
{
	return (pte & PTE_ATTR) == PTE_DEVICE;
}

static inline pfn_t pte_pfn(uint64_t pte)
{
	return paddr_to_pfn(PADDR(pte & PTE_ADDR));
}

static inline enum mmu_prot pte_prot(uint64_t pte)
{
	return !(pte & PTE_RO) ? MMU_RW : pte & PTE_PXN ? MMU_RO : MMU_RX;
}

static inline uint64_t pte_table(pfn_t pfn)
{
	return pfn_to_paddr(pfn).v | PTE_TABLE;
}

/* Change the protection of a page's entry. Nothing is accessible at EL0. */
static inline uint64_t pte_protect(uint64_t pte, enum mmu_prot prot)
{
	pte = (pte & ~(uint64_t)PTE_RO) | PTE_PXN | PTE_UXN;
	if (prot != MMU_RW)
		pte |= PTE_RO;
	return prot == MMU_RX ? pte & ~PTE_PXN : pte;
}

static inline uint64_t pte_page(pfn_t pfn, enum mmu_prot prot)
{
	return pte_protect(pfn_to_paddr(pfn).v | PTE_LEAF, prot);
}

/* Make the entry of a device's registers. Machine frames are frames here. */
static inline uint64_t pte_device(pfn_t pfn, enum mmu_prot prot)
{
	return pte_page(pfn, prot) | PTE_DEVICE;
}

static inline uint64_t pte_block(pfn_t first, enum mmu_prot prot)
{
	return pte_page(first, prot) & ~(uint64_t)PTE_PAGE;
}

/* Make the entry of page `i` of a block. */
static inline uint64_t pte_of_block(uint64_t block, unsigned int i)
{
	return (block | PTE_PAGE) + i * PAGE_SIZE;
}

/* Order earlier writes to memory before the next ones, for the table walker. */
static inline void pagetable_write_begin(void)
{
	__asm__ volatile("dsb ishst" : : : "memory");
}

static inline void pagetable_write_end(void)
{
	__asm__ volatile("dsb ishst; isb" : : : "memory");
}

static inline void pagetable_flush_page(uintptr_t va)
{
	__asm__ volatile("tlbi vaae1is, %0" : : "r"(va << 8 >> (PAGE_SHIFT + 8)) : "memory");
}

static inline void pagetable_flush_all(void)
{
	__asm__ volatile("tlbi vmalle1is" : : : "memory");
}

static inline void pagetable_flush_end(void)
{
	__asm__ volatile("dsb ish; isb" : : : "memory");
}

/* mmu.c: replace an entry by one that maps the same with pages of another size. */
void pagetable_replace(uint64_t *entry, uint64_t val);

/*
 * Write an entry above the last level, in place of none, or of one that maps the same with pages of
 * another size. `va`: a byte that it serves.
 */
static inline void pagetable_hook(uint64_t *entry, uint64_t val, uintptr_t va)
{
	(void)va;
	if (pte_is_present(*entry)) {
		pagetable_replace(entry, val);
		return;
	}
	pagetable_write_begin();
	WRITE_ONCE(*entry, val);
	pagetable_write_end();
}

#endif
