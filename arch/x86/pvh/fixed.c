/* SPDX-License-Identifier: MIT */
/* Pages at fixed addresses: what is needed before there is mm, or after its end. */
#include <arch/layout.h>
#include <asm/pvh.h>
#include <lib/bug.h>

static bool mapped[NR_FIXED_PAGES];

static char *address(enum fixed_page page)
{
	return (char *)(uintptr_t)(LAYOUT_FIXED_BASE + page * PAGE_SIZE);
}

static void commit(void)
{
	if (mmu_commit(NULL))
		panic("boot: cannot map device registers");
}

void *fixed_map(enum fixed_page page, paddr_t addr)
{
	char *va = address(page);

	if (mapped[page]) {
		mmu_unmap(va);
		commit();
	}
	mmu_map_machine(va, MFN(paddr_to_pfn(addr).v), MMU_RW);
	commit();
	mapped[page] = true;
	return va + addr.v % PAGE_SIZE;
}
