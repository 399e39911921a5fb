/* SPDX-License-Identifier: MIT */
/*
 * Page tables of a PV guest: every entry goes through mmu_update, and a frame may be a table only
 * while no writable mapping of it exists. No privileged instruction here; frames are reached by
 * pfn_to_virt alone.
 */
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/pv.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/string.h>

#include "arch/common/pagetable/tables.h"
#include "queue.h"

#define PTE_KERNEL (PTE_PRESENT | PTE_RING | PTE_ACCESSED | PTE_DIRTY)

static struct {
	pfn_t pfn;
	mfn_t mfn;
} root;

static uint64_t pte_nx = PTE_NX;

void pv_paging_without_nx(void)
{
	pte_nx = 0;
}

uint64_t pv_pte(mfn_t mfn, enum mmu_prot prot)
{
	uint64_t pte = mfn_to_maddr(mfn) | PTE_KERNEL;

	if (prot == MMU_RW)
		pte |= PTE_WRITE;
	if (prot != MMU_RX)
		pte |= pte_nx;
	return pte;
}

uint64_t pv_table_entry(mfn_t mfn)
{
	return mfn_to_maddr(mfn) | PTE_KERNEL | PTE_WRITE;
}

unsigned int pv_index(uintptr_t va, unsigned int level)
{
	return (unsigned int)(va >> (PAGE_SHIFT + 9 * (level - 1))) % PTES_PER_TABLE;
}

static mfn_t pte_mfn(uint64_t pte)
{
	return MFN((unsigned long)((pte & PTE_MADDR) >> PAGE_SHIFT));
}

void pv_paging_init(pfn_t pfn)
{
	root.pfn = pfn;
	root.mfn = p2m_get(pfn);
	pv_queue_reset();
}

void pv_paging_resume(void)
{
	pv_paging_init(root.pfn);
}

/* The table of a level that serves an address: false if some level above it is not there. */
static bool find_table(uintptr_t va, unsigned int level, pfn_t *pfn, mfn_t *mfn)
{
	*pfn = root.pfn;
	*mfn = root.mfn;
	for (unsigned int l = ROOT_LEVEL; l > level; l--) {
		const uint64_t *table = pfn_to_virt(*pfn);
		uint64_t entry = table[pv_index(va, l)];

		if (!(entry & PTE_PRESENT))
			return false;
		*mfn = pte_mfn(entry);
		*pfn = PFN(xen_m2p[mfn->v]);
	}
	return true;
}

pfn_t pv_table(uintptr_t va, unsigned int level)
{
	pfn_t pfn;
	mfn_t mfn;

	return find_table(va, level, &pfn, &mfn) ? pfn : PFN_NONE;
}

/* Queues a change of the entry of an address at a level; its table must be there. */
static void queue_entry(uintptr_t va, unsigned int level, uint64_t val)
{
	unsigned int index = pv_index(va, level);
	pfn_t pfn;
	mfn_t mfn;
	bool found = find_table(va, level, &pfn, &mfn);
	const uint64_t *table = pfn_to_virt(pfn);

	assert(found);
	if ((table[index] & PTE_PRESENT) && (val & PTE_MADDR) != (table[index] & PTE_MADDR))
		pv_queue_flush();
	pv_queue_update(mfn_to_maddr(mfn) + index * sizeof(uint64_t), table[index], val);
}

/* Queues both steps that make a frame a table: read-only in the direct map, then hooked. */
static void queue_hook(uintptr_t va, unsigned int level, pfn_t table)
{
	mfn_t mfn = p2m_get(table);

	queue_entry((uintptr_t)pfn_to_virt(table), 1, pv_pte(mfn, MMU_RO));
	queue_entry(va, level + 1, pv_table_entry(mfn));
}

bool pagetable_is_idle(void)
{
	return pv_queue_is_empty();
}

bool pagetable_is_there(uintptr_t va, unsigned int level)
{
	return !pfn_eq(pv_table(va, level), PFN_NONE);
}

int pagetable_add(uintptr_t va, unsigned int level, struct frame_stash *tables)
{
	pfn_t pfn = stash_pop(tables);
	int err;

	memset(pfn_to_virt(pfn), 0, PAGE_SIZE);
	queue_hook(va, level, pfn);
	err = mmu_commit(NULL);
	if (err == -EIO)
		stash_push(tables, pfn);
	return err;
}

void mmu_map_machine(void *va, mfn_t mfn, enum mmu_prot prot)
{
	queue_entry((uintptr_t)va, 1, pv_pte(mfn, prot));
}

void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot)
{
	mmu_map_machine(va, p2m_get(pfn), prot);
}

void mmu_unmap(void *va)
{
	queue_entry((uintptr_t)va, 1, 0);
}

void mmu_protect(void *va, enum mmu_prot prot)
{
	pfn_t pfn;
	mfn_t mfn;
	bool found = find_table((uintptr_t)va, 1, &pfn, &mfn);
	const uint64_t *table = pfn_to_virt(pfn);

	assert(found);
	queue_entry((uintptr_t)va, 1, pv_pte(pte_mfn(table[pv_index((uintptr_t)va, 1)]), prot));
	pv_queue_flush();
}

unsigned int mmu_block_tables(bool whole)
{
	(void)whole;
	return 1;
}

/* What the p2m knows as absent stays unmapped: it and `absent` say the same. */
void mmu_map_block(pfn_t first, const uint64_t *absent, struct frame_stash *tables)
{
	pfn_t table = stash_pop(tables);
	const unsigned long *mfn = pv_p2m_leaf(first);
	uint64_t *entry = pfn_to_virt(table);
	uint64_t bits = pv_pte(MFN(0), MMU_RW);

	(void)absent;
	assert(!pfn_eq(table, PFN_NONE) && mfn);
	for (unsigned int i = 0; i < PTES_PER_TABLE; i++)
		entry[i] = mfn[i] == MFN_NONE.v ? 0 : mfn_to_maddr(MFN(mfn[i])) | bits;
	pv_queue_hooks(table);
	queue_hook((uintptr_t)pfn_to_virt(first), 1, table);
}

void mmu_unmap_block(pfn_t first)
{
	pv_queue_unhooks(pv_unhook_table((uintptr_t)pfn_to_virt(first)));
}

/* Xen has no large pages for a PV guest. */
void mmu_join_block(pfn_t first, struct frame_stash *tables)
{
	(void)first;
	(void)tables;
}

bool mmu_block_is_mapped(pfn_t first)
{
	return !pfn_eq(pv_table((uintptr_t)pfn_to_virt(first), 1), PFN_NONE);
}

pfn_t pv_unhook_table(uintptr_t va)
{
	pfn_t pfn = pv_table(va, 1);

	if (pfn_eq(pfn, PFN_NONE))
		return pfn;
	queue_entry(va, 2, 0);
	mmu_protect(pfn_to_virt(pfn), MMU_RW);
	return pfn;
}

bool mmu_query(const void *va, pfn_t *pfn, enum mmu_prot *prot)
{
	pfn_t table = pv_table((uintptr_t)va, 1);
	uint64_t pte;

	if (pfn_eq(table, PFN_NONE))
		return false;
	pte = ((const uint64_t *)pfn_to_virt(table))[pv_index((uintptr_t)va, 1)];
	if (!(pte & PTE_PRESENT))
		return false;
	*pfn = mfn_to_pfn(pte_mfn(pte));
	*prot = pte & PTE_WRITE ? MMU_RW : pte & PTE_NX ? MMU_RO : MMU_RX;
	return !pfn_eq(*pfn, PFN_NONE);
}
