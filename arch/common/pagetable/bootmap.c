/* SPDX-License-Identifier: MIT */
/* The kernel's own page tables: direct map, image, fixed pages; nothing else is mapped. */
#include <arch/layout.h>
#include <arch/mmu.h>
#include <arch/page.h>
#include <lib/bits.h>
#include <lib/bug.h>

#include "bootmap.h"
#include "pagetable.h"

/* The image as the linker laid it out; what lies from boot_tables on is not mapped. */
extern const char image_start[], text_end[], rodata_end[], boot_tables[];

/* The most that is needed at once: the image's last tables, and those of fixed pages. */
static pfn_t frames[64];
static struct frame_stash stash = {frames, 0, ARRAY_SIZE(frames)};

static void take_tables(unsigned int nr)
{
	while (stash.nr < nr)
		stash_push(&stash, bootmap_take_table());
}

static void prepare(const void *va, size_t nr_pages, enum mmu_leaf kind)
{
	take_tables(mmu_tables_needed(va, nr_pages, kind));
	if (mmu_prepare((void *)(uintptr_t)va, nr_pages, kind, &stash))
		panic("boot: out of memory for page tables of %p", va);
}

static void commit(void)
{
	if (mmu_commit(NULL))
		panic("boot: cannot build the page tables");
}

/* What of a block is there. */
static void list_absent(pfn_t block, uint64_t absent[])
{
	pfn_t first, end, at = block, last = pfn_add(block, BLOCK_FRAMES);

	bitmap_set_range(absent, 0, BLOCK_FRAMES);
	while (bootmap_next_present(at, &first, &end) && first.v < last.v) {
		at = PFN(MIN(end.v, last.v));
		bitmap_clear_range(absent, pfn_offset(first), at.v - first.v);
	}
}

static void map_block(pfn_t block)
{
	uint64_t absent[BLOCK_FRAMES / BITS_WORD];

	prepare(pfn_to_virt(block), BLOCK_FRAMES, MMU_BLOCKS);
	list_absent(block, absent);
	if (!bitmap_none_set(absent, 0, BLOCK_FRAMES))
		take_tables(1);
	mmu_map_block(block, absent, &stash);
	commit();
}

/* Every block in which something is there. */
static void map_memory(void)
{
	pfn_t first, end;

	for (pfn_t at = PFN(0); bootmap_next_present(at, &first, &end);) {
		map_block(block_pfn(pfn_block(first)));
		at = block_pfn(pfn_block(first) + 1);
	}
}

/* A page of the image at its own place, and what of it may be done in the direct map. */
static void map_image_page(const char *va, pfn_t pfn)
{
	enum mmu_prot prot = va < text_end ? MMU_RX : va < rodata_end ? MMU_RO : MMU_RW;

	mmu_map((void *)(uintptr_t)va, pfn, prot);
	mmu_protect(pfn_to_virt(pfn), prot == MMU_RW ? MMU_RW : MMU_RO);
	commit();
}

void bootmap_build(pfn_t image, unsigned int nr_fixed)
{
	size_t nr_pages = (size_t)(boot_tables - image_start) / PAGE_SIZE;

	pagetable_init(bootmap_take_table());
	map_memory();
	prepare(pfn_to_virt(image), nr_pages, MMU_PAGES);
	prepare(image_start, nr_pages, MMU_PAGES);
	for (size_t i = 0; i < nr_pages; i++)
		map_image_page(image_start + i * PAGE_SIZE, pfn_add(image, i));
	prepare((const void *)(uintptr_t)LAYOUT_FIXED_BASE, nr_fixed, MMU_PAGES);
}
