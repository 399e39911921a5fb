/* SPDX-License-Identifier: MIT */
/*
 * The page tables of arch/common/pagetable in a machine of the test's own: blocks of which a list
 * says what is mapped, and a TLB that keeps what it may.
 */
#ifndef TESTS_UNIT_PVH_PAGETABLE_H
#define TESTS_UNIT_PVH_PAGETABLE_H

/* Beside those of the process, which mm has. */
#define mmu_block_is_mapped tables_block_is_mapped
#define mmu_block_tables    tables_block_tables
#define mmu_commit	    tables_commit
#define mmu_join_block	    tables_join_block
#define mmu_map		    tables_map
#define mmu_map_block	    tables_map_block
#define mmu_map_machine	    tables_map_machine
#define mmu_prepare	    tables_prepare
#define mmu_protect	    tables_protect
#define mmu_query	    tables_query
#define mmu_tables_needed   tables_needed
#define mmu_unmap	    tables_unmap
#define mmu_unmap_block	    tables_unmap_block

#include <arch/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "arch/common/pagetable/mmu.c"
#include "arch/common/pagetable/tables.c"
#include "tests/unit/memory.h"
#include "tests/unit/random.h"

#define FIRST	   506UL /* a GiB begins in the middle */
#define NR_BLOCKS  12UL
#define NR_PAGES   (NR_BLOCKS * BLOCK_FRAMES)
#define NR_FRAMES  64U
#define NOT_MAPPED 0xff

static pfn_t frames[NR_FRAMES];
static struct frame_stash stash = {frames, 0, NR_FRAMES};
static unsigned int nr_upper;

static uint8_t mapped[NR_PAGES]; /* enum mmu_prot, or NOT_MAPPED */
static struct {
	uint8_t prot;
	bool large; /* of a translation of the whole block */
} tlb[NR_PAGES];

static void *page_va(unsigned long page)
{
	return pfn_to_virt(pfn_add(block_pfn(FIRST), page));
}

static pfn_t block_at(unsigned long block)
{
	return block_pfn(FIRST + block);
}

void invlpg(uintptr_t va)
{
	unsigned long page = (va - (uintptr_t)page_va(0)) >> PAGE_SHIFT;
	unsigned long block = ALIGN_DOWN(page, BLOCK_FRAMES);

	if (page >= NR_PAGES)
		return;
	tlb[page].prot = NOT_MAPPED;
	for (unsigned long i = block; i < block + BLOCK_FRAMES; i++)
		if (tlb[i].large)
			tlb[i].prot = NOT_MAPPED;
}

void write_cr3(uintptr_t value)
{
	(void)value;
	for (unsigned long i = 0; i < NR_PAGES; i++)
		tlb[i].prot = NOT_MAPPED;
}

uintptr_t read_cr3(void)
{
	return 0;
}

static bool is_large(unsigned long page)
{
	return mapped[page] != NOT_MAPPED && !pagetable_last_entry(page_va(page));
}

/* Any page may be translated at any time; a large one is, as a whole. */
static void touch(unsigned long page)
{
	unsigned long first = is_large(page) ? ALIGN_DOWN(page, BLOCK_FRAMES) : page;
	unsigned long nr = is_large(page) ? BLOCK_FRAMES : 1;

	for (unsigned long i = first; i < first + nr; i++) {
		tlb[i].prot = mapped[i];
		tlb[i].large = nr > 1;
	}
}

#endif
