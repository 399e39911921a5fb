/* SPDX-License-Identifier: MIT */
/* Mapping before the kernel has tables of its own (earlymap.h). */
#include <arch/page.h>
#include <asm/arm.h>
#include <asm/pagetable.h>
#include <lib/bug.h>

#include "earlymap.h"

#define ROOT_SHIFT 39
#define LEVEL_BITS 9

extern uint64_t boot_l4[];
extern const char boot_pool[], boot_pool_end[];

static unsigned int nr_taken;

/* Tables lie in the image, and are written where it is mapped. */
static uint64_t *table_va(uint64_t entry)
{
	return (uint64_t *)((uintptr_t)image_start +
			    (pfn_to_paddr(pte_pfn(entry)).v - image_paddr));
}

static uint64_t take_table(void)
{
	const char *table = boot_pool + nr_taken * PAGE_SIZE;

	if (table >= boot_pool_end)
		panic("boot: data of the loader too far apart to map");
	nr_taken++;
	return pte_table(image_pfn(table));
}

static uint64_t *entry_at(uint64_t *table, uintptr_t va, unsigned int shift)
{
	return &table[va >> shift & ((1U << LEVEL_BITS) - 1)];
}

uint64_t *early_entry(uintptr_t va)
{
	uint64_t *table = boot_l4;

	for (unsigned int shift = ROOT_SHIFT; shift > PAGE_SHIFT; shift -= LEVEL_BITS) {
		uint64_t *entry = entry_at(table, va, shift);

		if (!pte_is_present(*entry))
			pagetable_hook(entry, take_table(), va);
		table = table_va(*entry);
	}
	return entry_at(table, va, PAGE_SHIFT);
}

void *early_map(uint64_t addr, uint64_t bytes)
{
	uintptr_t offset = addr % PAGE_SIZE;
	pfn_t first = paddr_to_pfn(PADDR(addr)), last = paddr_to_pfn(PADDR(addr + bytes - 1));

	if (!bytes || last.v < first.v || last.v >= LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT)
		return NULL;
	for (pfn_t pfn = first; pfn.v <= last.v; pfn.v++) {
		uint64_t *entry = early_entry((uintptr_t)pfn_to_virt(pfn));

		if (!pte_is_present(*entry))
			WRITE_ONCE(*entry, pte_page(pfn, MMU_RW));
	}
	pagetable_write_end();
	return (char *)pfn_to_virt(first) + offset;
}
