/* SPDX-License-Identifier: MIT */
/*
 * The direct map over all the memory the builder gave, the image's protection, and the end of the
 * builder's own mapping.
 */
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/pv.h>
#include <lib/bug.h>
#include <lib/string.h>

#include "directmap.h"

extern const char image_start[], text_end[], rodata_end[], image_end[];
extern struct shared_info shared_info_page;

/* Pages changed in one transaction. */
#define BATCH 128U

/* Room for a stash: what a p2m of 512 GiB takes (512 tables, 512 mids), and some above. */
static pfn_t frames[1024 + 64];

static unsigned long image_pfn(uintptr_t va)
{
	return (va - LAYOUT_IMAGE_BASE) >> PAGE_SHIFT;
}

/* The frame behind a ring of the builder's; 0 if there is none such. */
static unsigned long ring_end(unsigned long mfn)
{
	pfn_t pfn = builder_pfn(MFN(mfn));

	return pfn_eq(pfn, PFN_NONE) ? 0 : pfn.v + 1;
}

/* The first frame behind all that the builder put anywhere. */
static unsigned long find_first_free(uintptr_t boot_stack_end)
{
	const struct start_info *si = &xen_start_info;
	unsigned long list = image_pfn(si->mfn_list) +
			     DIV_ROUND_UP(si->nr_pages * sizeof(unsigned long), PAGE_SIZE);
	unsigned long tables = image_pfn(si->pt_base) + si->nr_pt_frames;
	unsigned long module = image_pfn(si->mod_start + si->mod_len + PAGE_SIZE - 1);
	unsigned long first = MAX(image_pfn(boot_stack_end), image_pfn((uintptr_t)image_end));

	first = MAX(first, MAX(list, tables));
	if (si->mod_len)
		first = MAX(first, module);
	if (!xen_is_hardware_domain()) {
		first = MAX(first, ring_end(si->store_mfn));
		first = MAX(first, ring_end(si->console.domU.mfn));
	}
	return first;
}

static void commit(struct frame_stash *tables)
{
	if (mmu_commit(tables))
		panic("boot: page tables refused by Xen");
}

/* Keeps the list ascending. What finds no room stays reserved. */
static void add_freed(struct directmap *map, pfn_t pfn)
{
	unsigned int i = map->nr_freed;

	if (map->nr_freed == FREED_MAX)
		return;
	for (; i > 0 && map->freed[i - 1].v > pfn.v; i--)
		map->freed[i] = map->freed[i - 1];
	map->freed[i] = pfn;
	map->nr_freed++;
}

/* Removes pages of the builder's mapping; frames that become tables must have no second mapping. */
static void drop_pages(uintptr_t va, uintptr_t end)
{
	for (unsigned int nr = 0; va < end; va += PAGE_SIZE) {
		mmu_unmap((void *)va);
		if (++nr % BATCH == 0)
			commit(NULL);
	}
	commit(NULL);
}

/* Removes what is left of it behind the image; its last-level tables are free again. */
static void drop_builder_mapping(struct directmap *map)
{
	uintptr_t va = ALIGN_UP((uintptr_t)image_end, PAGE_SIZE);
	uintptr_t end = LAYOUT_IMAGE_BASE + (map->mapped_end << PAGE_SHIFT);

	drop_pages(va, MIN(end, ALIGN_UP(va, BLOCK_SIZE)));
	for (va = ALIGN_UP(va, BLOCK_SIZE); va < end; va += BLOCK_SIZE) {
		pfn_t table = pv_unhook_table(va);

		commit(NULL);
		add_freed(map, table);
	}
}

/* Frames for tables, one after the other; they are in the direct map already. */
static void take_tables(struct directmap *map, struct frame_stash *stash, unsigned int nr)
{
	if (nr > stash->max || nr > stash->nr + map->nr_frames - map->next_free)
		panic("boot: out of memory for %u page tables", nr);
	while (stash->nr < nr)
		stash_push(stash, PFN(map->next_free++));
}

static void map_blocks(struct directmap *map, unsigned long block, unsigned long end,
		       struct frame_stash *stash)
{
	for (; block < end; block++) {
		void *va = pfn_to_virt(block_pfn(block));

		take_tables(map, stash, 1 + mmu_tables_needed(va, BLOCK_FRAMES, MMU_BLOCKS));
		if (mmu_prepare(va, BLOCK_FRAMES, MMU_BLOCKS, stash))
			panic("boot: upper tables of the direct map refused by Xen");
		mmu_map_block(block_pfn(block), NULL, stash);
		/* Each block is true before the next takes a frame out of it. */
		commit(stash);
	}
}

/* PAE has four tables of level 2; Xen's builder makes all, others those that they need. */
static void prepare_all(struct directmap *map, struct frame_stash *stash)
{
	size_t nr_pages = (size_t)((1ULL << 32) >> PAGE_SHIFT);

	take_tables(map, stash, mmu_tables_needed(NULL, nr_pages, MMU_BLOCKS));
	if (mmu_prepare(NULL, nr_pages, MMU_BLOCKS, stash))
		panic("boot: upper page tables refused by Xen");
}

static void map_rest(struct directmap *map)
{
	unsigned long nr_blocks = DIV_ROUND_UP(map->nr_frames, BLOCK_FRAMES);
	struct frame_stash stash = {frames, 0, ARRAY_SIZE(frames)};

	if (ROOT_LEVEL == 3)
		prepare_all(map, &stash);
	map_blocks(map, map->end_block, nr_blocks, &stash);
	map_blocks(map, 0, map->first_block, &stash);
}

static void protect(uintptr_t from, uintptr_t to, enum mmu_prot image, enum mmu_prot direct)
{
	unsigned int nr = 0;

	for (uintptr_t va = from; va < to; va += PAGE_SIZE) {
		mmu_protect((void *)va, image);
		mmu_protect(pfn_to_virt(PFN(image_pfn(va))), direct);
		if (++nr % BATCH == 0)
			commit(NULL);
	}
	commit(NULL);
}

/* W^X, in the direct map as well. The page of shared_info is no frame of ours. */
static void protect_image(void)
{
	protect((uintptr_t)image_start, (uintptr_t)text_end, MMU_RX, MMU_RO);
	protect((uintptr_t)text_end, (uintptr_t)rodata_end, MMU_RO, MMU_RO);
	protect((uintptr_t)rodata_end, (uintptr_t)&shared_info_page, MMU_RW, MMU_RW);
	mmu_protect(&shared_info_page, MMU_RW);
	commit(NULL);
}

void directmap_build(struct directmap *map, unsigned long nr_frames, uintptr_t boot_stack_end)
{
	map->nr_frames = nr_frames;
	map->boot_stack = PFN(image_pfn(boot_stack_end) - 1);
	map->next_free = find_first_free(boot_stack_end);
	earlymap_build(map);
	pv_paging_init(PFN(image_pfn(xen_start_info.pt_base)));
	drop_pages(LAYOUT_IMAGE_BASE + (map->next_free << PAGE_SHIFT),
		   LAYOUT_IMAGE_BASE + (map->mapped_end << PAGE_SHIFT));
	map_rest(map);
}

void directmap_finish(struct directmap *map)
{
	pfn_t list = PFN(image_pfn(xen_start_info.mfn_list));
	struct frame_stash stash = {frames, 0, ARRAY_SIZE(frames)};

	/* The list's blocks are there now: it is read through the direct map from here on. */
	/* Frames that the direct map has no room for are in no p2m either: they are never used. */
	p2m_init(pfn_to_virt(list), map->nr_frames);
	drop_builder_mapping(map);
	protect_image();
	take_tables(map, &stash, p2m_adopt_needs());
	if (p2m_adopt(list, &stash))
		panic("boot: p2m region refused by Xen");
	add_freed(map, map->boot_stack);
	add_freed(map, PFN(image_pfn((uintptr_t)&shared_info_page)));
}
