/* SPDX-License-Identifier: MIT */
/* The plan of memory, for the builder of the kernel's page tables. */
#include <arch/page.h>
#include <lib/bug.h>

#include "arch/common/pagetable/bootmap.h"
#include "earlymap.h"
#include "memory.h"

bool bootmap_next_present(pfn_t from, pfn_t *first, pfn_t *end)
{
	return memory_next_present(from, first, end);
}

/* Until the new tables are used, theirs are reached by the old ones. */
pfn_t bootmap_take_table(void)
{
	pfn_t pfn = memory_take();

	if (!early_map(pfn_to_paddr(pfn).v, PAGE_SIZE))
		panic("boot: frame %lx outside the direct map", pfn.v);
	return pfn;
}
