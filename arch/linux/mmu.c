/* SPDX-License-Identifier: MIT */
/* The queue of page-table changes and its commit, whole or undone (arch/mmu.h). */
#include <arch/page.h>
#include <asm/linux.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <lib/errno.h>

#include "pagetable.h"
#include "tables.h"

enum change_kind { MAP, UNMAP, PROTECT, MAP_BLOCK, UNMAP_BLOCK };

struct change {
	enum change_kind kind;
	char *va;
	linux_pte pte; /* what will be there (of a block, at its first page); PROTECT: its prot */
	linux_pte old; /* what was there, once the change is made */
	pfn_t table;   /* MAP_BLOCK: the frame it takes; UNMAP_BLOCK: sets free; or PFN_NONE */
	uint64_t absent[BLOCK_FRAMES / BITS_WORD]; /* of a block: what is (or was) not mapped */
};

/* Which frame is the table of each block, for its return, and one more; 0 where there is none. */
static unsigned long block_table[CONFIG_MAX_MEMORY_GIB * 512];

static struct change queue[MMU_QUEUE_MAX];
static unsigned int nr_queued, nr_entries;

void linux_mmu_reset(void)
{
	nr_queued = 0;
	nr_entries = 0;
	linux_tables = (struct linux_tables){.are_used = true};
	/* What was never written costs no memory. */
	for (size_t i = 0; i < ARRAY_SIZE(block_table); i++)
		if (block_table[i])
			block_table[i] = 0;
	linux_pt_reset();
}

int mmu_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables)
{
	assert(nr_queued == 0);
	return linux_tables_prepare(va, nr_pages, leaf, tables);
}

static struct change *enqueue(enum change_kind kind, void *va, linux_pte pte)
{
	struct change *change = &queue[nr_queued];

	nr_entries += kind >= MAP_BLOCK ? 2 : 1;
	assert(nr_entries <= MMU_QUEUE_MAX && IS_ALIGNED((uintptr_t)va, PAGE_SIZE));
	assert(!linux_tables.are_used || kind == MAP_BLOCK ||
	       *linux_pt_table((uintptr_t)va, BLOCK_SHIFT));
	nr_queued++;
	*change = (struct change){.kind = kind, .va = va, .pte = pte, .table = PFN_NONE};
	return change;
}

void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot)
{
	enqueue(MAP, va, linux_pte_make(LINUX_PTE_FRAME, pfn.v, prot));
}

void mmu_map_machine(void *va, mfn_t mfn, enum mmu_prot prot)
{
	enqueue(MAP, va, linux_pte_make(LINUX_PTE_MACHINE, mfn.v, prot));
}

void mmu_unmap(void *va)
{
	enqueue(UNMAP, va, 0);
}

void mmu_protect(void *va, enum mmu_prot prot)
{
	enqueue(PROTECT, va, linux_pte_make(LINUX_PTE_NONE, 0, prot));
}

void mmu_map_block(pfn_t first, const uint64_t *absent, struct frame_stash *tables)
{
	linux_pte pte = linux_pte_make(LINUX_PTE_FRAME, first.v, MMU_RW);
	struct change *change = enqueue(MAP_BLOCK, pfn_to_virt(first), pte);

	assert(pfn_offset(first) == 0);
	assert(!linux_tables.are_used || *linux_pt_table((uintptr_t)change->va, LINUX_GIB_SHIFT));
	for (unsigned int i = 0; i < ARRAY_SIZE(change->absent); i++)
		change->absent[i] = absent[i];
	if (!linux_tables.are_used)
		return;
	assert(tables->nr > 0);
	change->table = stash_pop(tables);
	linux_tables.nr++;
}

void mmu_unmap_block(pfn_t first)
{
	struct change *change = enqueue(UNMAP_BLOCK, pfn_to_virt(first),
					linux_pte_make(LINUX_PTE_FRAME, first.v, MMU_RW));

	change->table = PFN(block_table[pfn_block(first)] - 1);
}

bool mmu_block_is_mapped(pfn_t first)
{
	return *linux_pt_table((uintptr_t)pfn_to_virt(first), BLOCK_SHIFT);
}

/* ---- commit ---- */

static size_t pages_of(const struct change *change)
{
	return change->kind >= MAP_BLOCK ? BLOCK_FRAMES : 1;
}

static void make_block(const struct change *change)
{
	linux_pte *pte = linux_pt_entry(change->va);
	bool *table = linux_pt_table((uintptr_t)change->va, BLOCK_SHIFT);

	assert(!*table);
	*table = true;
	for (unsigned int i = 0; i < BLOCK_FRAMES; i++) {
		if (!bitmap_test(change->absent, i))
			pte[i] = change->pte + i * LINUX_PTE_STEP;
	}
}

/* What is not mapped may say when it was given back. */
static void unmake_block(struct change *change)
{
	linux_pte *pte = linux_pt_entry(change->va);

	*linux_pt_table((uintptr_t)change->va, BLOCK_SHIFT) = false;
	for (unsigned int i = 0; i < BLOCK_FRAMES; i++) {
		if (linux_pte_kind(pte[i]) == LINUX_PTE_NONE)
			bitmap_set(change->absent, i);
		else
			pte[i] = 0;
	}
}

static void make(struct change *change)
{
	linux_pte *pte = linux_pt_entry(change->va);

	if (change->kind == MAP_BLOCK || change->kind == UNMAP_BLOCK) {
		if (change->kind == MAP_BLOCK)
			make_block(change);
		else
			unmake_block(change);
		return;
	}
	change->old = *pte;
	assert((change->kind == MAP) == (linux_pte_kind(*pte) == LINUX_PTE_NONE));
	*pte = change->pte;
	if (change->kind == PROTECT)
		*pte = linux_pte_make(linux_pte_kind(change->old), linux_pte_frame(change->old),
				      linux_pte_prot(change->pte));
}

static void unmake(struct change *change)
{
	if (change->kind == MAP_BLOCK)
		unmake_block(change);
	else if (change->kind == UNMAP_BLOCK)
		make_block(change);
	else
		*linux_pt_entry(change->va) = change->old;
}

/* Where each change of the queue lies, in ascending order of addresses. */
static void sort_queue(unsigned int *by_address)
{
	for (unsigned int i = 0; i < nr_queued; i++) {
		unsigned int at = i;

		for (; at > 0 && queue[by_address[at - 1]].va > queue[i].va; at--)
			by_address[at] = by_address[at - 1];
		by_address[at] = i;
	}
}

/*
 * What is queued below `limit`: neighbours in memory go together (`anew`: see linux_pt_sync). NULL,
 * or where Linux refused: nothing from there on is done.
 */
static char *sync_queue(const unsigned int *by_address, const char *limit, bool anew)
{
	for (unsigned int i = 0; i < nr_queued;) {
		char *va = queue[by_address[i]].va, *end = va;
		size_t nr_pages, done;

		for (; i < nr_queued && queue[by_address[i]].va <= end; i++) {
			const struct change *next = &queue[by_address[i]];

			end = MAX(end, next->va + pages_of(next) * PAGE_SIZE);
		}
		if (va >= limit)
			break;
		nr_pages = (size_t)(MIN((const char *)end, limit) - va) / PAGE_SIZE;
		linux_pt_sync(va, nr_pages, anew, &done);
		if (done < nr_pages)
			return va + done * PAGE_SIZE;
	}
	return NULL;
}

/* 0, -EIO: undone, or -EBUSY: Linux refuses that as well. */
static int make_queue(void)
{
	static unsigned int by_address[MMU_QUEUE_MAX];
	char *refused;

	for (unsigned int i = 0; i < nr_queued; i++)
		make(&queue[i]);
	sort_queue(by_address);
	refused = sync_queue(by_address, (const char *)UINTPTR_MAX, false);
	if (!refused)
		return 0;
	for (unsigned int i = nr_queued; i > 0; i--)
		unmake(&queue[i - 1]);
	return sync_queue(by_address, refused, true) ? -EBUSY : -EIO;
}

/* Those that are no tables: what was to be hooked, if that failed, or what was unhooked. */
static void return_tables(struct frame_stash *tables, enum change_kind kind)
{
	for (unsigned int i = nr_queued; i > 0; i--) {
		if (queue[i - 1].kind != kind || pfn_eq(queue[i - 1].table, PFN_NONE))
			continue;
		stash_push(tables, queue[i - 1].table);
		linux_tables.nr--;
	}
}

/* Blocks that are mapped, or not any more, and the tables this is done with. */
static void account_blocks(struct frame_stash *tables)
{
	for (unsigned int i = 0; i < nr_queued; i++)
		if (queue[i].kind >= MAP_BLOCK)
			block_table[pfn_block(virt_to_pfn(queue[i].va))] =
				queue[i].kind == MAP_BLOCK ? queue[i].table.v + 1 : 0;
	return_tables(tables, UNMAP_BLOCK);
}

int mmu_commit(struct frame_stash *tables)
{
	int err = 0;

	if (nr_queued)
		err = linux_tables_refused() ? -EIO : make_queue();
	if (!err)
		account_blocks(tables);
	else if (err == -EIO)
		return_tables(tables, MAP_BLOCK);
	nr_queued = 0;
	nr_entries = 0;
	return err;
}

bool mmu_query(const void *va, pfn_t *pfn, enum mmu_prot *prot)
{
	const linux_pte *pte = linux_pt_entry(va);

	if (!pte || linux_pte_kind(*pte) != LINUX_PTE_FRAME)
		return false;
	*pfn = PFN(linux_pte_frame(*pte));
	*prot = linux_pte_prot(*pte);
	return true;
}

void linux_mmu_map_boot(pfn_t first, unsigned long nr_frames)
{
	linux_pte *pte = linux_pt_entry(pfn_to_virt(first));
	size_t done;

	assert(nr_frames && linux_pt_entry(pfn_to_virt(pfn_add(first, nr_frames - 1))));
	linux_tables_at_boot(pfn_to_virt(first), nr_frames);
	for (unsigned long i = 0; i < nr_frames; i++)
		pte[i] = linux_pte_make(LINUX_PTE_FRAME, first.v + i, MMU_RW);
	linux_pt_sync(pfn_to_virt(first), nr_frames, false, &done);
	if (done < nr_frames)
		panic("linux: cannot map the boot memory");
}
