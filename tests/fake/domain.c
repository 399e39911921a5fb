/* SPDX-License-Identifier: MIT */
/*
 * The domain builder. What the guest finds, all of it in the direct map and nowhere else:
 * image | p2m list | page tables | free memory.
 */
#include <arch/page.h>
#include <asm/pv.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define IMAGE_FRAMES 8UL
#define LIST_ENTRIES (PAGE_SIZE / sizeof(unsigned long))

static struct {
	unsigned long nr_frames;
	mfn_t *mfn;
	unsigned long tables; /* the first frame of these */
	unsigned long next;   /* the first that is not taken */
} domain;

struct domain_frames domain_frames;

static void give_frames(unsigned long nr_frames)
{
	free(domain.mfn);
	domain.nr_frames = nr_frames;
	domain.mfn = calloc(nr_frames, sizeof(*domain.mfn));
	for (unsigned long pfn = 0; pfn < nr_frames; pfn++)
		if (!machine_give(0, pfn, &domain.mfn[pfn]))
			fake_fail("a machine too small for %lu frames", nr_frames);
}

static mfn_t take_table(void)
{
	mfn_t mfn = domain.mfn[domain.next++];

	memset(machine_table(mfn), 0, PAGE_SIZE);
	return mfn;
}

/* The table of the last level for an address; those above it are made as well. */
static mfn_t make_tables(mfn_t root, uintptr_t va)
{
	mfn_t table = root;

	for (unsigned int level = TYPE_L4; level > TYPE_L1; level--) {
		uint64_t *entry = &machine_table(table)[pv_index(va, level)];

		if (!*entry)
			*entry = pv_table_entry(take_table());
		table = MFN((unsigned long)((*entry & PTE_MADDR) >> PAGE_SHIFT));
	}
	return table;
}

/* Only when all tables are known can it be said which frames must not be writable. */
static void fill_directmap(mfn_t root)
{
	for (unsigned long pfn = 0; pfn < domain.nr_frames; pfn++) {
		uintptr_t va = (uintptr_t)pfn_to_virt(PFN(pfn));
		bool is_table = pfn >= domain.tables && pfn < domain.next;
		uint64_t *table = machine_table(make_tables(root, va));

		table[pv_index(va, 1)] = pv_pte(domain.mfn[pfn], is_table ? MMU_RO : MMU_RW);
	}
}

static void write_list(unsigned long list)
{
	for (unsigned long pfn = 0; pfn < domain.nr_frames; pfn++)
		machine_table(domain.mfn[list + pfn / LIST_ENTRIES])[pfn % LIST_ENTRIES] =
			domain.mfn[pfn].v;
}

void domain_build(unsigned long nr_frames)
{
	unsigned long list = IMAGE_FRAMES;
	mfn_t root;

	give_frames(nr_frames);
	domain.tables = list + DIV_ROUND_UP(nr_frames, LIST_ENTRIES);
	domain.next = domain.tables;
	root = take_table();
	for (unsigned long pfn = 0; pfn < nr_frames; pfn += BLOCK_FRAMES)
		make_tables(root, (uintptr_t)pfn_to_virt(PFN(pfn)));
	fill_directmap(root);
	write_list(list);
	if (type_get(root, TYPE_L4))
		fake_fail("the builder's own tables are not valid");
	machine.root = root;
	space_hook(root, TYPE_L4, 0);
	space_sync();
	domain_frames = (struct domain_frames){PFN(list), PFN(domain.tables), PFN(domain.next)};
}
