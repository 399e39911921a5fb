/* SPDX-License-Identifier: MIT */
/* The reference on PV: entries of page tables are Xen's to write, by mmu_update. */
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/pv.h>
#include <mm/page.h>

#include "bare.h"

#define STASH_MAX 512U

static struct mmu_update update[BLOCK_FRAMES];
static void *table[NR_BLOCKS]; /* of the blocks, from the first that was prepared on */
static pfn_t first_block;

/* Where the machine has the entry for `va` in its table of a level. */
static uint64_t entry_maddr(const void *va, unsigned int level)
{
	pfn_t frame = pv_table((uintptr_t)va, level);

	return (mfn_to_maddr(p2m_get(frame)) + pv_index((uintptr_t)va, level) * sizeof(uint64_t)) |
	       MMU_NORMAL_PT_UPDATE;
}

static bool take_tables(pfn_t first)
{
	first_block = first;
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		if (!(table[i] = page_alloc(0, PAGE_FIXED)))
			return false;
	return true;
}

bool bare_prepare(pfn_t first, enum mmu_leaf leaf)
{
	static pfn_t frame[STASH_MAX];
	struct frame_stash upper = {frame, 0, STASH_MAX};
	void *va = pfn_to_virt(first);
	unsigned int needed = mmu_tables_needed(va, NR_BLOCKS * BLOCK_FRAMES, leaf);

	while (upper.nr < needed) {
		void *page = page_alloc(0, PAGE_FIXED);

		if (!page)
			return false;
		stash_push(&upper, virt_to_pfn(page));
	}
	if (mmu_prepare(va, NR_BLOCKS * BLOCK_FRAMES, leaf, &upper))
		return false;
	return leaf == MMU_PAGES || take_tables(first);
}

/* One mmu_update of 512 entries. */
bool bare_map_frames(pfn_t first, const xen_pfn_t *name)
{
	uint64_t at = entry_maddr(pfn_to_virt(first), 1);

	for (unsigned int i = 0; i < BLOCK_FRAMES; i++) {
		update[i].ptr = at + i * sizeof(uint64_t);
		update[i].val = pv_pte(MFN(name[i]), MMU_RW);
	}
	return xen_mmu_update(update, BLOCK_FRAMES, NULL, DOMID_SELF) == 0;
}

static void *table_of(pfn_t block)
{
	return table[pfn_block(block) - pfn_block(first_block)];
}

/* A block's whole table is filled in memory, made read-only, and hooked by one entry. */
static void queue_hook(struct mmu_update *to, pfn_t block, xen_pfn_t mfn)
{
	uint64_t *entry = table_of(block);
	mfn_t table_mfn = p2m_get(virt_to_pfn(entry));

	for (unsigned int n = 0; n < BLOCK_FRAMES; n++)
		entry[n] = pv_pte(MFN(mfn + n), MMU_RW);
	to[0].ptr = entry_maddr(entry, 1);
	to[0].val = pv_pte(table_mfn, MMU_RO);
	to[1].ptr = entry_maddr(pfn_to_virt(block), 2);
	to[1].val = pv_table_entry(table_mfn);
}

bool bare_map_blocks(pfn_t first, unsigned int nr, const xen_pfn_t *name)
{
	for (unsigned int i = 0; i < nr; i++)
		queue_hook(&update[2 * i], pfn_add(first, i * BLOCK_FRAMES), name[i]);
	return xen_mmu_update(update, 2 * nr, NULL, DOMID_SELF) == 0;
}

/* The way back: unhooked, and an ordinary frame again. */
static void queue_unhook(struct mmu_update *to, pfn_t block)
{
	void *entry = table_of(block);

	to[0].ptr = entry_maddr(pfn_to_virt(block), 2);
	to[0].val = 0;
	to[1].ptr = entry_maddr(entry, 1);
	to[1].val = pv_pte(p2m_get(virt_to_pfn(entry)), MMU_RW);
}

bool bare_unmap_blocks(pfn_t first, unsigned int nr)
{
	struct mmuext_op flush = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

	for (unsigned int i = 0; i < nr; i++)
		queue_unhook(&update[2 * i], pfn_add(first, i * BLOCK_FRAMES));
	return xen_mmu_update(update, 2 * nr, NULL, DOMID_SELF) == 0 &&
	       xen_mmuext_op(&flush, 1, NULL, DOMID_SELF) == 0;
}
