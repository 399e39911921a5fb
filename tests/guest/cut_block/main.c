/* SPDX-License-Identifier: MIT */
/*
 * Large pages of the direct map are cut up while they are used: one that holds data, the one this
 * very stack lies in, those that hold the page tables, and then all there are. What they map, and
 * what it holds, stays.
 */
#include <aerostat/fault.h>
#include <aerostat/pattern.h>
#include <lib/bits.h>

#include "arch/common/pagetable/pagetable.h"
#include "frames.h"

#define FRAMES_MAX 64

static pfn_t frame[FRAMES_MAX];
static struct frame_stash stash = {frame, 0, FRAMES_MAX};

/* The block an address of the direct map lies in. */
static char *block_of(const void *va)
{
	return pfn_to_virt(block_pfn(pfn_block(virt_to_pfn(va))));
}

static void cut(const void *va, const char *what)
{
	char *block = block_of(va);
	int err;

	CHECK(mmu_tables_needed(block, BLOCK_FRAMES, MMU_PAGES) <= 1, "%s", what);
	err = mmu_prepare(block, BLOCK_FRAMES, MMU_PAGES, &stash);
	CHECK(!err, "%s: %d", what, err);
	CHECK(mmu_tables_needed(block, BLOCK_FRAMES, MMU_PAGES) == 0, "%s", what);
}

static void protect(void *va, enum mmu_prot prot)
{
	mmu_protect(va, prot);
	CHECK(mmu_commit(NULL) == 0, "%p", va);
}

static void write_byte(void *va)
{
	*(volatile char *)va = 1;
}

static void cut_data(void)
{
	char *block = page_alloc(BLOCK_ORDER, PAGE_FIXED);
	struct fault fault;

	if (!block) {
		CHECK(block, "no block is free");
		return;
	}
	pattern_write(block, BLOCK_SIZE, 1);
	CHECK(mmu_tables_needed(block, BLOCK_FRAMES, MMU_PAGES) == 1, "it is no large page");
	cut(block, "a block of data");
	CHECK(pattern_holds(block, BLOCK_SIZE, 1), "its contents are gone");
	protect(block + 7 * PAGE_SIZE, MMU_RO);
	CHECK(fault_expect(write_byte, block + 7 * PAGE_SIZE, &fault) == -EFAULT, "it was written");
	CHECK(fault_expect(write_byte, block + 8 * PAGE_SIZE, &fault) == 0, "its neighbour faults");
	protect(block + 7 * PAGE_SIZE, MMU_RW);
	CHECK(fault_expect(write_byte, block + 7 * PAGE_SIZE, &fault) == 0, "it stays read-only");
	page_free(block, BLOCK_ORDER);
}

/* Every block of which anything is there. */
static void cut_all(void)
{
	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];
		unsigned long end = range->first.v + range->nr_frames;

		for (unsigned long pfn = range->first.v; range->kind != BOOT_GROWABLE && pfn < end;
		     pfn = ALIGN_UP(pfn + 1, BLOCK_FRAMES))
			cut(pfn_to_virt(PFN(pfn)), "any block");
	}
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	while (stash.nr < stash.max)
		stash_push(&stash, virt_to_pfn(page_alloc(0, PAGE_FIXED)));
	cut_data();
	cut(__builtin_frame_address(0), "the stack's block");
	cut(pfn_to_virt(pagetable_root()), "the root's block");
	cut(block_of(pagetable_last_entry((const void *)app_main)), "a last table's block");
	cut_all();
	while (stash.nr)
		page_free(pfn_to_virt(stash_pop(&stash)), 0);
	check_memory();
	return guest_test_done();
}
