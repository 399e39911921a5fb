/* SPDX-License-Identifier: MIT */
/* The tables that a range needs: counted, and made from the highest level down (arch/mmu.h). */
#include <asm/pte.h>
#include <lib/bug.h>
#include <lib/errno.h>

#include "tables.h"

/* The range of addresses that tables of a level are for: by its last byte, since it may end where
 * addresses do. */
struct range {
	uintptr_t first, last;
};

static struct range range_of(const void *va, size_t nr_pages)
{
	return (struct range){(uintptr_t)va, (uintptr_t)va + nr_pages * PAGE_SIZE - 1};
}

static unsigned int lowest_level(enum mmu_leaf leaf)
{
	return leaf == MMU_PAGES ? 1 : 2;
}

/* Addresses that one table of this level serves, as a power of two. */
static unsigned int span_shift(unsigned int level)
{
	return PAGE_SHIFT + 9 * level;
}

static unsigned int missing_tables(struct range range, unsigned int level)
{
	unsigned int shift = span_shift(level), missing = 0;

	for (uintptr_t i = range.first >> shift; i <= range.last >> shift; i++)
		missing += !pagetable_is_there(i << shift, level);
	return missing;
}

unsigned int mmu_tables_needed(const void *va, size_t nr_pages, enum mmu_leaf leaf)
{
	unsigned int needed = 0;

	for (unsigned int level = ROOT_LEVEL - 1; level >= lowest_level(leaf); level--)
		needed += missing_tables(range_of(va, nr_pages), level);
	return needed;
}

static int add_missing(struct range range, unsigned int level, struct frame_stash *tables)
{
	unsigned int shift = span_shift(level);
	int err = 0;

	for (uintptr_t i = range.first >> shift; !err && i <= range.last >> shift; i++)
		if (!pagetable_is_there(i << shift, level))
			err = pagetable_add(i << shift, level, tables);
	return err;
}

int mmu_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables)
{
	unsigned int needed = mmu_tables_needed(va, nr_pages, leaf);
	int err = 0;

	assert(pagetable_is_idle());
	if (!needed)
		return 0;
	if (!tables || needed > tables->nr)
		return -ENOMEM;
	for (unsigned int level = ROOT_LEVEL - 1; !err && level >= lowest_level(leaf); level--)
		err = add_missing(range_of(va, nr_pages), level, tables);
	return err;
}
