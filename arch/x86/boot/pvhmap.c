/* SPDX-License-Identifier: MIT */
/* The page tables of a PVH guest: direct map, image, fixed pages; nothing else is mapped. */
#include <arch/page.h>
#include <asm/hvm.h>
#include <kernel/bits.h>
#include <kernel/bug.h>
#include "arch/pagetable/pagetable.h"
#include "memmap.h"
#include "pvhmap.h"

extern const char image_start[], text_end[], rodata_end[], boot_tables[];

/* The most that is needed at once: the image's last tables. */
static pfn_t frames[64];
static struct frame_stash stash = {frames, 0, ARRAY_SIZE(frames)};

static void take_tables(unsigned int nr)
{
	while (stash.nr < nr)
		stash_push(&stash, memmap_take());
}

static void prepare(void *va, size_t nr_pages, enum mmu_leaf kind)
{
	take_tables(mmu_tables_needed(va, nr_pages, kind));
	if (mmu_prepare(va, nr_pages, kind, &stash))
		panic("no tables for %p", va);
}

static void commit(void)
{
	if (mmu_commit(NULL))
		panic("page tables of our own were refused");
}

/* A block of which not every frame is there. */
static void map_partial(pfn_t first)
{
	uint64_t absent[BLOCK_FRAMES / BITS_WORD] = {0};

	for (unsigned int i = 0; i < BLOCK_FRAMES; i++)
		if (!memmap_is_present(pfn_add(first, i)))
			bitmap_set(absent, i);
	if (bitmap_all_set(absent, 0, BLOCK_FRAMES))
		return;
	take_tables(1);
	mmu_map_block(first, absent, &stash);
}

static void map_block(pfn_t first)
{
	static const uint64_t all_there[BLOCK_FRAMES / BITS_WORD];

	prepare(pfn_to_virt(first), BLOCK_FRAMES, MMU_BLOCKS);
	if (memmap_is_present(first) && memmap_run_end(first).v >= first.v + BLOCK_FRAMES)
		mmu_map_block(first, all_there, &stash);
	else
		map_partial(first);
	commit();
}

/* Every block in which something is there. */
static void map_memory(void)
{
	for (pfn_t at = PFN(0); at.v < LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT;) {
		if (!memmap_is_present(at)) {
			at = memmap_run_end(at);
			continue;
		}
		map_block(block_pfn(pfn_block(at)));
		at = block_pfn(pfn_block(at) + 1);
	}
}

static pfn_t image_pfn(const char *va)
{
	return PFN(((uintptr_t)va - LAYOUT_IMAGE_BASE) >> PAGE_SHIFT);
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

void pvhmap_build(void)
{
	size_t nr_pages = (size_t)(boot_tables - image_start) / PAGE_SIZE;

	pagetable_init(memmap_take());
	map_memory();
	prepare(pfn_to_virt(image_pfn(image_start)), nr_pages, MMU_PAGES);
	prepare((void *)(uintptr_t)image_start, nr_pages, MMU_PAGES);
	map_image(image_start, text_end, MMU_RX, MMU_RO);
	map_image(text_end, rodata_end, MMU_RO, MMU_RO);
	map_image(rodata_end, boot_tables, MMU_RW, MMU_RW);
	prepare((void *)(uintptr_t)LAYOUT_FIXED_BASE, NR_FIXED_PAGES, MMU_PAGES);
}
