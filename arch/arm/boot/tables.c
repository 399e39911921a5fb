/* SPDX-License-Identifier: MIT */
/* The kernel's own page tables: direct map, image, fixed pages; nothing else is mapped. */
#include "tables.h"
#include <arch/layout.h>
#include <arch/mmu.h>
#include <arch/page.h>
#include <asm/arm.h>
#include <kernel/bits.h>
#include <kernel/bug.h>
#include "arch/pagetable/pagetable.h"
#include "earlymap.h"
#include "memory.h"

/* The most that is needed at once: the image's last tables, and those of fixed pages. */
static pfn_t frames[64];
static struct frame_stash stash = {frames, 0, ARRAY_SIZE(frames)};

/* Until the new tables are used, theirs are reached by the old ones. */
static pfn_t take_table(void)
{
	pfn_t pfn = memory_take();

	if (!early_map(pfn_to_paddr(pfn).v, PAGE_SIZE))
		panic("boot: no place in the direct map for frame %lx", pfn.v);
	return pfn;
}

static void take_tables(unsigned int nr)
{
	while (stash.nr < nr)
		stash_push(&stash, take_table());
}

static void prepare(const void *va, size_t nr_pages, enum mmu_leaf kind)
{
	take_tables(mmu_tables_needed(va, nr_pages, kind));
	if (mmu_prepare((void *)(uintptr_t)va, nr_pages, kind, &stash))
		panic("no tables for %p", va);
}

static void commit(void)
{
	if (mmu_commit(NULL))
		panic("page tables of our own were refused");
}

/* What of a block is there. */
static void list_absent(pfn_t block, uint64_t absent[])
{
	pfn_t first, end, at = block, last = pfn_add(block, BLOCK_FRAMES);

	bitmap_set_range(absent, 0, BLOCK_FRAMES);
	while (memory_next_present(at, &first, &end) && first.v < last.v) {
		at = PFN(MIN(end.v, last.v));
		bitmap_clear_range(absent, pfn_offset(first), at.v - first.v);
	}
}

static void map_block(pfn_t block)
{
	uint64_t absent[BLOCK_FRAMES / BITS_WORD];

	prepare(pfn_to_virt(block), BLOCK_FRAMES, MMU_BLOCKS);
	list_absent(block, absent);
	take_tables(1);
	mmu_map_block(block, absent, &stash);
	commit();
}

/* Every block in which something is there. */
static void map_memory(void)
{
	pfn_t first, end;

	for (pfn_t at = PFN(0); memory_next_present(at, &first, &end);) {
		map_block(block_pfn(pfn_block(first)));
		at = block_pfn(pfn_block(first) + 1);
	}
}

/* A part of the image at its own place, and what of it may be done in the direct map. */
static void map_image(const char *from, const char *to, enum mmu_prot image, enum mmu_prot direct)
{
	for (const char *va = from; va < to; va += PAGE_SIZE) {
		mmu_map((void *)(uintptr_t)va, image_pfn(va), image);
		mmu_protect(pfn_to_virt(image_pfn(va)), direct);
		commit();
	}
}

void tables_build(void)
{
	size_t nr_pages = (size_t)(boot_tables - image_start) / PAGE_SIZE;

	pagetable_init(take_table());
	map_memory();
	prepare(pfn_to_virt(image_pfn(image_start)), nr_pages, MMU_PAGES);
	prepare(image_start, nr_pages, MMU_PAGES);
	map_image(image_start, text_end, MMU_RX, MMU_RO);
	map_image(text_end, rodata_end, MMU_RO, MMU_RO);
	map_image(rodata_end, boot_tables, MMU_RW, MMU_RW);
	prepare((void *)(uintptr_t)LAYOUT_FIXED_BASE, NR_FIXED_PAGES, MMU_PAGES);
	fixed_take_over();
	mmu_switch();
}
