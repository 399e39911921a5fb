/* SPDX-License-Identifier: MIT */
/* Registers in memory, where ACPI's tables say that they are. */
#include <asm/pvh.h>
#include <lib/printk.h>

#include "memmap.h"

void *acpi_map_register(enum fixed_page page, uint64_t addr)
{
	if (!(addr & ~(PTE_MADDR | (PAGE_SIZE - 1))) &&
	    !memmap_is_present(paddr_to_pfn(PADDR(addr))))
		return fixed_map(page, PADDR(addr));
	printk("acpi: invalid register address %llx: ignored\n", (unsigned long long)addr);
	return NULL;
}
