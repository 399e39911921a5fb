/* SPDX-License-Identifier: MIT */
/* The plan of guest-physical space of this very machine: where the image lies, what Xen allows. */
#include <arch/layout.h>
#include <asm/arm.h>
#include <lib/bug.h>

#include "memory.h"

static paddr_t image_addr(const char *va)
{
	return pfn_to_paddr(image_pfn(va));
}

/* All of it was loaded to RAM: a tree that does not know is of another machine. */
static void check_image(void)
{
	pfn_t first, end;

	if (!memory_next_present(image_pfn(image_start), &first, &end) ||
	    !pfn_eq(first, image_pfn(image_start)) || end.v < image_pfn(boot_tables).v)
		panic("boot: kernel at %llx outside the usable memory of the device tree",
		      (unsigned long long)image_paddr);
}

void memory_plan(const struct machine *m)
{
	struct memory_space space;
	pfn_t first, end;

	xen_find_space(m, &space.range, &space.nr, &space.grows);
	memory_read(m, &space, PFN(LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT));
	if (!memory_next_present(PFN(0), &first, &end))
		panic("boot: no usable memory in the device tree");
	memory_keep(PADDR(m->tree.base), m->tree.size);
	memory_keep_for_boot(image_addr(boot_tables), (uint64_t)(image_end - boot_tables));
	/* Last, so that tables come behind it. */
	memory_keep(image_addr(image_start), (uint64_t)(boot_tables - image_start));
	check_image();
}
