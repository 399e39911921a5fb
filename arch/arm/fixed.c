/* SPDX-License-Identifier: MIT */
/*
 * Pages at addresses of their own: first by the tables of boot, then by the kernel's, into which
 * they are taken over.
 */
#include <arch/layout.h>
#include <asm/arm.h>
#include <asm/pagetable.h>

#include "arch/common/pagetable/pagetable.h"
#include "boot/earlymap.h"

static uint64_t entries[NR_FIXED_PAGES]; /* as they stand; 0: nothing */
static bool taken_over;

static void *address(unsigned int page)
{
	return (void *)(uintptr_t)(LAYOUT_FIXED_BASE + page * PAGE_SIZE);
}

/* What was there is gone for everybody before there is something else (break before make). */
static void set(unsigned int page, uint64_t value)
{
	void *va = address(page);
	uint64_t *entry = taken_over ? pagetable_last_entry(va) : early_entry((uintptr_t)va);

	if (pte_is_present(*entry)) {
		WRITE_ONCE(*entry, 0);
		pagetable_write_end();
		pagetable_flush_page((uintptr_t)va);
		pagetable_flush_end();
	}
	WRITE_ONCE(*entry, value);
	pagetable_write_end();
	entries[page] = value;
}

void *fixed_map_memory(enum fixed_page page, paddr_t addr)
{
	set(page, pte_page(paddr_to_pfn(addr), MMU_RW));
	return (char *)address(page) + addr.v % PAGE_SIZE;
}

volatile void *fixed_map_device(enum fixed_page page, paddr_t addr, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		set(page + i, pte_device(pfn_add(paddr_to_pfn(addr), i), MMU_RW));
	return (char *)address(page) + addr.v % PAGE_SIZE;
}

void fixed_unmap(enum fixed_page page)
{
	set(page, 0);
}

void fixed_take_over(void)
{
	taken_over = true;
	for (unsigned int page = 0; page < NR_FIXED_PAGES; page++)
		WRITE_ONCE(*pagetable_last_entry(address(page)), entries[page]);
	pagetable_write_end();
}
