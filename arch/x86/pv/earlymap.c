/* SPDX-License-Identifier: MIT */
/*
 * The first blocks of the direct map. pv/paging.c reaches tables through the direct map, so the
 * tables it needs first are made here, reached through the builder's mapping at IMAGE.
 */
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <lib/bug.h>
#include <lib/string.h>

#include "directmap.h"

/* A frame's address in the builder's mapping. */
static void *early_virt(unsigned long pfn)
{
	return (void *)(uintptr_t)(LAYOUT_IMAGE_BASE + (pfn << PAGE_SHIFT));
}

static unsigned long early_pfn(unsigned long va)
{
	return (va - LAYOUT_IMAGE_BASE) >> PAGE_SHIFT;
}

/* The table of a level that serves `va`, or 0. */
static unsigned long early_table(uintptr_t va, unsigned int level)
{
	unsigned long pfn = early_pfn(xen_start_info.pt_base);

	for (unsigned int l = ROOT_LEVEL; l > level; l--) {
		const uint64_t *table = early_virt(pfn);
		uint64_t entry = table[pv_index(va, l)];

		if (!(entry & PTE_PRESENT))
			return 0;
		pfn = xen_m2p[(entry & PTE_MADDR) >> PAGE_SHIFT];
	}
	return pfn;
}

static bool early_is_mapped(uintptr_t va)
{
	unsigned long table = early_table(va, 1);

	return table && (((const uint64_t *)early_virt(table))[pv_index(va, 1)] & PTE_PRESENT);
}

static void find_mapped_end(struct directmap *map)
{
	unsigned long end = map->next_free;

	while (end < map->nr_frames && early_is_mapped((uintptr_t)early_virt(end)))
		end++;
	map->mapped_end = end;
}

/* Makes a filled frame the table of `va` at `level`. */
static void early_hook(unsigned long pfn, uintptr_t va, unsigned int level)
{
	mfn_t mfn = p2m_get(PFN(pfn));
	mfn_t parent = p2m_get(PFN(early_table(va, level + 1)));
	struct mmu_update update = {
		.ptr = mfn_to_maddr(parent) + pv_index(va, level + 1) * sizeof(uint64_t),
		.val = pv_table_entry(mfn),
	};

	if (xen_update_va_mapping((unsigned long)early_virt(pfn), pv_pte(mfn, MMU_RO),
				  UVMF_INVLPG) ||
	    xen_mmu_update(&update, 1, NULL, DOMID_SELF))
		panic("boot: table of the direct map refused by Xen");
}

static void add_upper_tables(struct directmap *map, uintptr_t va)
{
	for (unsigned int level = ROOT_LEVEL - 1; level > 1; level--) {
		if (early_table(va, level))
			continue;
		memset(early_virt(map->next_free), 0, PAGE_SIZE);
		early_hook(map->next_free++, va, level);
	}
}

/* What is a table, or will be one when earlymap_build is done, must not be writable. */
static void fill_block(const struct directmap *map, uint64_t *table, unsigned long block,
		       unsigned long tables_first, unsigned long tables_end)
{
	unsigned long tables = early_pfn(xen_start_info.pt_base);

	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		unsigned long pfn = block * BLOCK_FRAMES + i;
		bool is_table = pfn - tables < xen_start_info.nr_pt_frames ||
				(pfn >= tables_first && pfn < tables_end);

		table[i] = pfn >= map->nr_frames
				   ? 0
				   : pv_pte(p2m_get(PFN(pfn)), is_table ? MMU_RO : MMU_RW);
	}
}

void earlymap_build(struct directmap *map)
{
	unsigned long tables_first = map->next_free;
	unsigned long nr_blocks, tables_end;

	find_mapped_end(map);
	map->first_block = early_pfn(xen_start_info.pt_base) / BLOCK_FRAMES;
	map->end_block = DIV_ROUND_UP(map->mapped_end, BLOCK_FRAMES);
	nr_blocks = map->end_block - map->first_block;
	/* One table a block, and of upper ones at most three, and a second where a GiB begins. */
	if (map->next_free + nr_blocks + 4 > map->mapped_end)
		panic("boot: too few free frames behind the image (%lu)",
		      map->mapped_end - map->next_free);
	for (unsigned long block = map->first_block; block < map->end_block; block++)
		add_upper_tables(map, (uintptr_t)pfn_to_virt(block_pfn(block)));
	tables_end = map->next_free + nr_blocks;
	for (unsigned long i = 0; i < nr_blocks; i++)
		fill_block(map, early_virt(map->next_free + i), map->first_block + i, tables_first,
			   tables_end);
	/* Hooked when all are filled: each maps the frames of all the others, read-only. */
	for (unsigned long i = 0; i < nr_blocks; i++)
		early_hook(map->next_free + i,
			   (uintptr_t)pfn_to_virt(block_pfn(map->first_block + i)), 1);
	map->next_free = tables_end;
}
