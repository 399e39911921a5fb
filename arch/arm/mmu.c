/* SPDX-License-Identifier: MIT */
/* The processor's side of page tables: which are in use, and a page size changed that is. */
#include <arch/page.h>
#include <asm/arm.h>
#include <asm/pagetable.h>

#include "arch/common/pagetable/pagetable.h"

/* boot/replace.S */
void tables_replace(uint64_t root_paddr);

#define TTBR_ADDR 0x0000fffffffffffeULL

static bool in_use(void)
{
	return (sysreg_read(ttbr1_el1) & TTBR_ADDR) == pfn_to_paddr(pagetable_root()).v;
}

void mmu_switch(void)
{
	pagetable_write_begin();
	tables_replace(pfn_to_paddr(pagetable_root()).v);
}

/*
 * Break before make (Arm ARM D8.14.1): nothing of the block can be reached between the two stores,
 * be it this table, the stack or what an interrupt would touch. So all is held off, all is in
 * registers, and the table is written by another address.
 */
static void replace(uintptr_t alias, uint64_t val)
{
	uint64_t daif = sysreg_read(daif);

	__asm__ volatile("msr	daifset, #0xf\n"
			 "str	xzr, [%0]\n"
			 "dsb	ishst\n"
			 "tlbi	vmalle1is\n"
			 "dsb	ish\n"
			 "isb\n"
			 "str	%1, [%0]\n"
			 "dsb	ishst\n"
			 "isb\n"
			 "msr	daif, %2\n"
			 :
			 : "r"(alias), "r"(val), "r"(daif)
			 : "memory");
}

void pagetable_replace(uint64_t *entry, uint64_t val)
{
	void *alias;

	pagetable_write_begin();
	if (!in_use()) {
		WRITE_ONCE(*entry, val);
		return;
	}
	alias = fixed_map_memory(FIXED_TABLE, PADDR(pfn_to_paddr(virt_to_pfn(entry)).v +
						    (uintptr_t)entry % PAGE_SIZE));
	replace((uintptr_t)alias, val);
	fixed_unmap(FIXED_TABLE);
}
