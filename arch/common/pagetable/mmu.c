/* SPDX-License-Identifier: MIT */
/*
 * Page tables of our own, four levels of 512 entries (arch/mmu.h): whole blocks of the direct map
 * are 2 MiB pages, anything else is 4 KiB pages. A large page becomes a table when its range is
 * prepared for pages (mmu_prepare). What an entry looks like, and what a change of one takes, is
 * the port's to say (asm/pagetable.h).
 */
#include <arch/page.h>
#include <asm/pagetable.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/string.h>

#include "pagetable.h"
#include "tables.h"

#define TABLE_ENTRIES 512U

/* More pages than this are flushed by flushing all. */
#define FLUSH_PAGES_MAX 32U

static pfn_t root;

/* What mmu_commit() will write. Nobody can refuse it. */
static struct {
	struct {
		uint64_t *entry;
		uint64_t val;
		uintptr_t va;
	} change[MMU_QUEUE_MAX];
	unsigned int nr;
	pfn_t unhooked[MMU_QUEUE_MAX]; /* tables of blocks that go */
	unsigned int nr_unhooked;
	unsigned int nr_flush; /* changes of what is mapped */
} queue;

/* Bytes that one entry of this level serves. */
static uintptr_t entry_span(unsigned int level)
{
	return (uintptr_t)1 << (PAGE_SHIFT + 9 * (level - 1));
}

/* The entry of `va` at a level (1 is the last); NULL if there is no table of that level. */
static uint64_t *find_entry(uintptr_t va, unsigned int level)
{
	uint64_t *table = pfn_to_virt(root);

	for (unsigned int l = ROOT_LEVEL;; l--) {
		uint64_t *entry = &table[va / entry_span(l) % TABLE_ENTRIES];

		if (l == level)
			return entry;
		if (!pte_is_table(*entry))
			return NULL;
		table = pfn_to_virt(pte_pfn(*entry));
	}
}

void pagetable_init(pfn_t pfn)
{
	root = pfn;
	memset(pfn_to_virt(root), 0, PAGE_SIZE);
}

pfn_t pagetable_root(void)
{
	return root;
}

uint64_t *pagetable_last_entry(const void *va)
{
	return find_entry((uintptr_t)va, 1);
}

/* The new table maps what a large page there did. */
static void fill_table(uint64_t *table, uint64_t large)
{
	if (!pte_is_present(large)) {
		memset(table, 0, PAGE_SIZE);
		return;
	}
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
		table[i] = pte_of_block(large, i);
}

bool pagetable_is_idle(void)
{
	return queue.nr == 0;
}

bool pagetable_is_there(uintptr_t va, unsigned int level)
{
	return find_entry(va, level);
}

int pagetable_add(uintptr_t va, unsigned int level, struct frame_stash *tables)
{
	uint64_t *above = find_entry(va, level + 1);
	pfn_t pfn = stash_pop(tables);

	fill_table(pfn_to_virt(pfn), *above);
	pagetable_hook(above, pte_table(pfn), va);
	return 0;
}

static void queue_change(uint64_t *entry, uint64_t val, const void *va)
{
	assert(queue.nr < MMU_QUEUE_MAX);
	queue.change[queue.nr].entry = entry;
	queue.change[queue.nr].val = val;
	queue.change[queue.nr++].va = (uintptr_t)va;
	queue.nr_flush += pte_is_present(*entry);
}

static uint64_t *page_entry(const void *va, bool mapped)
{
	uint64_t *entry = find_entry((uintptr_t)va, 1);

	assert(entry && pte_is_present(*entry) == mapped);
	return entry;
}

void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot)
{
	queue_change(page_entry(va, false), pte_page(pfn, prot), va);
}

/* A machine frame is a frame to us: the host translates. */
void mmu_map_machine(void *va, mfn_t mfn, enum mmu_prot prot)
{
	queue_change(page_entry(va, false), pte_device(PFN(mfn.v), prot), va);
}

void mmu_unmap(void *va)
{
	queue_change(page_entry(va, true), 0, va);
}

void mmu_protect(void *va, enum mmu_prot prot)
{
	uint64_t *entry = page_entry(va, true);

	queue_change(entry, pte_protect(*entry, prot), va);
}

unsigned int mmu_block_tables(bool whole)
{
	return !whole;
}

static uint64_t partial_block(pfn_t first, const uint64_t *absent, pfn_t table)
{
	uint64_t *entry = pfn_to_virt(table);

	assert(!pfn_eq(table, PFN_NONE));
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
		entry[i] = bitmap_test(absent, i) ? 0 : pte_page(pfn_add(first, i), MMU_RW);
	return pte_table(table);
}

void mmu_map_block(pfn_t first, const uint64_t *absent, struct frame_stash *tables)
{
	uint64_t *entry = find_entry((uintptr_t)pfn_to_virt(first), 2);
	bool whole = bitmap_none_set(absent, 0, BLOCK_FRAMES);

	assert(entry && !pte_is_present(*entry));
	queue_change(entry,
		     whole ? pte_block(first, MMU_RW)
			   : partial_block(first, absent, stash_pop(tables)),
		     pfn_to_virt(first));
}

void mmu_unmap_block(pfn_t first)
{
	uint64_t *entry = find_entry((uintptr_t)pfn_to_virt(first), 2);

	assert(entry && pte_is_present(*entry));
	if (pte_is_table(*entry)) {
		queue.unhooked[queue.nr_unhooked++] = pte_pfn(*entry);
		queue.nr_flush += FLUSH_PAGES_MAX;
	}
	queue_change(entry, 0, pfn_to_virt(first));
}

/* Is each page of the block mapped by this table as a large page would map it? */
static bool maps_as_block(const uint64_t *table, pfn_t first)
{
	for (unsigned int i = 0; i < TABLE_ENTRIES; i++)
		if (!pte_is_present(table[i]) || pte_is_device(table[i]) ||
		    pte_prot(table[i]) != MMU_RW || !pfn_eq(pte_pfn(table[i]), pfn_add(first, i)))
			return false;
	return true;
}

void mmu_join_block(pfn_t first, struct frame_stash *tables)
{
	uintptr_t va = (uintptr_t)pfn_to_virt(first);
	uint64_t *entry = find_entry(va, 2);
	pfn_t table;

	assert(queue.nr == 0);
	if (!entry || !pte_is_table(*entry) || !maps_as_block(pfn_to_virt(pte_pfn(*entry)), first))
		return;
	table = pte_pfn(*entry);
	pagetable_hook(entry, pte_block(first, MMU_RW), va);
	/* Of each page that the table mapped there may be a translation. */
	pagetable_flush_all();
	pagetable_flush_end();
	stash_push(tables, table);
}

bool mmu_block_is_mapped(pfn_t first)
{
	const uint64_t *entry = find_entry((uintptr_t)pfn_to_virt(first), 2);

	return entry && pte_is_present(*entry);
}

static void flush(void)
{
	if (queue.nr_flush > FLUSH_PAGES_MAX) {
		pagetable_flush_all();
		return;
	}
	for (unsigned int i = 0; queue.nr_flush && i < queue.nr; i++)
		pagetable_flush_page(queue.change[i].va);
}

int mmu_commit(struct frame_stash *tables)
{
	pagetable_write_begin();
	for (unsigned int i = 0; i < queue.nr; i++)
		WRITE_ONCE(*queue.change[i].entry, queue.change[i].val);
	pagetable_write_end();
	flush();
	pagetable_flush_end();
	while (queue.nr_unhooked)
		stash_push(tables, queue.unhooked[--queue.nr_unhooked]);
	queue.nr = 0;
	queue.nr_flush = 0;
	return 0;
}

bool mmu_query(const void *va, pfn_t *pfn, enum mmu_prot *prot)
{
	uintptr_t at = (uintptr_t)va;
	const uint64_t *block = find_entry(at, 2), *entry = find_entry(at, 1);
	bool large = block && pte_is_present(*block) && !pte_is_table(*block);

	if (large)
		entry = block;
	if (!entry || !pte_is_present(*entry) || pte_is_device(*entry))
		return false;
	*pfn = pfn_add(pte_pfn(*entry), large ? at / PAGE_SIZE % TABLE_ENTRIES : 0);
	*prot = pte_prot(*entry);
	return true;
}
