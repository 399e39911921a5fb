/* SPDX-License-Identifier: MIT */
/* Upper page tables: only whether they are there, and what frames they would take. */
#include <asm/linux.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "pagetable.h"
#include "tables.h"

struct linux_tables linux_tables = {.are_used = true};

void linux_use_tables(bool on)
{
	linux_tables.are_used = on;
}

unsigned long linux_nr_tables(void)
{
	return linux_tables.nr;
}

void linux_fail_commit(unsigned int n)
{
	linux_tables.commits_to_failure = n;
}

bool linux_tables_refused(void)
{
	return linux_tables.commits_to_failure && --linux_tables.commits_to_failure == 0;
}

unsigned int mmu_block_tables(bool whole)
{
	(void)whole;
	return linux_tables.are_used;
}

/* As on PV, a block has its table as long as it is mapped. */
void mmu_join_block(pfn_t first, struct frame_stash *tables)
{
	(void)first;
	(void)tables;
}

/* Of the tables that cover 2^shift bytes each: how many of this range are not there? */
static unsigned int count_missing(const void *va, size_t nr_pages, unsigned int shift)
{
	uint64_t end = (uintptr_t)va + nr_pages * PAGE_SIZE, bytes = 1ULL << shift;
	unsigned int missing = 0;

	for (uint64_t at = ALIGN_DOWN((uintptr_t)va, bytes); at < end; at += bytes)
		missing += !*linux_pt_table(MAX((uintptr_t)va, at), shift);
	return missing;
}

static void add_missing(const void *va, size_t nr_pages, unsigned int shift,
			struct frame_stash *tables)
{
	uint64_t end = (uintptr_t)va + nr_pages * PAGE_SIZE, bytes = 1ULL << shift;

	for (uint64_t at = ALIGN_DOWN((uintptr_t)va, bytes); at < end; at += bytes) {
		bool *table = linux_pt_table(MAX((uintptr_t)va, at), shift);

		if (!*table && linux_tables.are_used) {
			assert(tables);
			stash_pop(tables);
			linux_tables.nr++;
		}
		*table = true;
	}
}

static unsigned int tables_missing(const void *va, size_t nr_pages, enum mmu_leaf leaf)
{
	unsigned int missing = count_missing(va, nr_pages, LINUX_GIB_SHIFT);

	return leaf == MMU_PAGES ? missing + count_missing(va, nr_pages, BLOCK_SHIFT) : missing;
}

unsigned int mmu_tables_needed(const void *va, size_t nr_pages, enum mmu_leaf leaf)
{
	return linux_tables.are_used ? tables_missing(va, nr_pages, leaf) : 0;
}

int linux_tables_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables)
{
	if (!tables_missing(va, nr_pages, leaf))
		return 0;
	if (mmu_tables_needed(va, nr_pages, leaf) > (tables ? tables->nr : 0))
		return -ENOMEM;
	if (linux_tables_refused()) {
		printk("mmu: page tables refused (injected by a test)\n");
		return -EIO;
	}
	add_missing(va, nr_pages, LINUX_GIB_SHIFT, tables);
	if (leaf == MMU_PAGES)
		add_missing(va, nr_pages, BLOCK_SHIFT, tables);
	return 0;
}

void linux_tables_at_boot(void *va, size_t nr_pages)
{
	bool are_used = linux_tables.are_used;

	linux_tables.are_used = false;
	add_missing(va, nr_pages, LINUX_GIB_SHIFT, NULL);
	add_missing(va, nr_pages, BLOCK_SHIFT, NULL);
	linux_tables.are_used = are_used;
}
