/* SPDX-License-Identifier: MIT */
/* The table of reserved virtual regions, made from the port's layout.def. */
#include <lib/addr.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <mm/region.h>

#define ADDRESS_DIGITS ((int)(2 * sizeof(uintptr_t)))

static const struct region regions[] = {
#define REGION(name, base, size, prot, text) {#name, (base), (size), prot},
#include LAYOUT_DEF
#undef REGION
};

const struct region *region_get(enum region_id id)
{
	return &regions[id];
}

const struct region *region_find(const void *va)
{
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		if ((uintptr_t)va - regions[i].base < regions[i].size)
			return &regions[i];
	return NULL;
}

void region_print(void)
{
	printk("mm: virtual layout:\n");
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		const struct region *region = &regions[i];
		uintptr_t first = (uintptr_t)region->base, last = first + region->size - 1;
		char size[TEXT_SIZE_MAX];

		printk("  %-10s %0*lx-%0*lx %6s  %s\n", region->name, ADDRESS_DIGITS,
		       (unsigned long)first, ADDRESS_DIGITS, (unsigned long)last,
		       text_size(size, (unsigned long)(region->size >> PAGE_SHIFT)), region->prot);
	}
}
