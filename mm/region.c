/* SPDX-License-Identifier: MIT */
/* The table of reserved virtual regions, made from the port's layout.def. */
#include <lib/printk.h>
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

/* The size in the largest unit that needs no fraction. */
static uint64_t human_size(uint64_t size, const char **unit)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	unsigned int i = 0;

	while (size && size % 1024 == 0 && i + 1 < ARRAY_SIZE(units)) {
		size /= 1024;
		i++;
	}
	*unit = units[i];
	return size;
}

void region_print(void)
{
	printk("virtual layout:\n");
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		const struct region *region = &regions[i];
		uintptr_t first = (uintptr_t)region->base, last = first + region->size - 1;
		const char *unit;
		uint64_t size = human_size(region->size, &unit);

		printk("  %-10s %0*lx-%0*lx %5llu %-3s  %s\n", region->name, ADDRESS_DIGITS,
		       (unsigned long)first, ADDRESS_DIGITS, (unsigned long)last,
		       (unsigned long long)size, unit, region->prot);
	}
}
