/* SPDX-License-Identifier: MIT */
/* The memory map of a PVH guest, for the builder of its page tables. */
#include <asm/pvh.h>

#include "arch/common/pagetable/bootmap.h"
#include "memmap.h"

bool bootmap_next_present(pfn_t from, pfn_t *first, pfn_t *end)
{
	/* No run begins where the numbers end. */
	*first = from;
	*end = memmap_run_end(from);
	while (first->v < end->v && !memmap_is_present(*first)) {
		*first = *end;
		*end = memmap_run_end(*first);
	}
	return first->v < end->v;
}

/* Below 4 GiB, as the tables of boot reach no further. */
pfn_t bootmap_take_table(void)
{
	return memmap_take();
}
