/* SPDX-License-Identifier: MIT */
/*
 * Page tables of a PV guest: every entry goes through mmu_update, and a frame may be a table only
 * while no writable mapping of it exists. No privileged instruction here; frames are reached by
 * pfn_to_virt alone.
 */
#include <arch/page.h>
#include <arch/p2m.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <kernel/bug.h>
#include <kernel/errno.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define PTE_KERNEL (PTE_PRESENT | PTE_RING | PTE_ACCESSED | PTE_DIRTY)

/* The transaction that is being built: what mmu_update is told, and what to tell it to undo that.
 */
static struct {
	struct mmu_update update[MMU_QUEUE_MAX];
	uint64_t old[MMU_QUEUE_MAX];
	unsigned int nr;
	pfn_t table[MMU_QUEUE_MAX / 2]; /* block tables that it hooks */
	unsigned int nr_tables;
	pfn_t unhooked[MMU_QUEUE_MAX / 2]; /* block tables that it removes */
	unsigned int nr_unhooked;
	bool flush; /* something mapped goes away; kept until the TLB was flushed */
} queue;

static struct {
	pfn_t pfn;
	mfn_t mfn;
} root;

static uint64_t pte_nx = PTE_NX;

void pv_paging_without_nx(void)
{
	pte_nx = 0;
}

uint64_t pv_pte(mfn_t mfn, enum mmu_prot prot)
{
	uint64_t pte = mfn_to_maddr(mfn) | PTE_KERNEL;

	if (prot == MMU_RW)
		pte |= PTE_WRITE;
	if (prot != MMU_RX)
		pte |= pte_nx;
	return pte;
}

uint64_t pv_table_entry(mfn_t mfn)
{
	return mfn_to_maddr(mfn) | PTE_KERNEL | PTE_WRITE;
}

unsigned int pv_index(uintptr_t va, unsigned int level)
{
	return (unsigned int)(va >> (PAGE_SHIFT + 9 * (level - 1))) % PTES_PER_TABLE;
}

static mfn_t pte_mfn(uint64_t pte)
{
	return MFN((unsigned long)((pte & PTE_MADDR) >> PAGE_SHIFT));
}

static void clear_queue(void)
{
	queue.nr = 0;
	queue.nr_tables = 0;
	queue.nr_unhooked = 0;
	queue.flush = false;
}

void pv_paging_init(pfn_t pfn)
{
	root.pfn = pfn;
	root.mfn = p2m_get(pfn);
	clear_queue();
}

/* The table of a level that serves an address: false if some level above it is not there. */
static bool find_table(uintptr_t va, unsigned int level, pfn_t *pfn, mfn_t *mfn)
{
	*pfn = root.pfn;
	*mfn = root.mfn;
	for (unsigned int l = ROOT_LEVEL; l > level; l--) {
		const uint64_t *table = pfn_to_virt(*pfn);
		uint64_t entry = table[pv_index(va, l)];

		if (!(entry & PTE_PRESENT))
			return false;
		*mfn = pte_mfn(entry);
		*pfn = PFN(xen_m2p[mfn->v]);
	}
	return true;
}

pfn_t pv_table(uintptr_t va, unsigned int level)
{
	pfn_t pfn;
	mfn_t mfn;

	return find_table(va, level, &pfn, &mfn) ? pfn : PFN_NONE;
}

static void queue_update(uint64_t entry_maddr, uint64_t old, uint64_t val)
{
	assert(queue.nr < MMU_QUEUE_MAX);
	queue.update[queue.nr].ptr = entry_maddr | MMU_NORMAL_PT_UPDATE;
	queue.update[queue.nr].val = val;
	queue.old[queue.nr++] = old;
}

/* Queues a change of the entry of an address at a level; its table must be there. */
static void queue_entry(uintptr_t va, unsigned int level, uint64_t val)
{
	unsigned int index = pv_index(va, level);
	pfn_t pfn;
	mfn_t mfn;
	bool found = find_table(va, level, &pfn, &mfn);
	const uint64_t *table = pfn_to_virt(pfn);

	assert(found);
	if ((table[index] & PTE_PRESENT) && (val & PTE_MADDR) != (table[index] & PTE_MADDR))
		queue.flush = true;
	queue_update(mfn_to_maddr(mfn) + index * sizeof(uint64_t), table[index], val);
}

/* Queues both steps that make a frame a table: read-only in the direct map, then hooked. */
static void queue_hook(uintptr_t va, unsigned int level, pfn_t table)
{
	mfn_t mfn = p2m_get(table);

	queue_entry((uintptr_t)pfn_to_virt(table), 1, pv_pte(mfn, MMU_RO));
	queue_entry(va, level + 1, pv_table_entry(mfn));
}

static bool flush_tlb(void)
{
	struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

	queue.flush = xen_mmuext_op(&op, 1, NULL, DOMID_SELF) != 0;
	return !queue.flush;
}

/* Puts the first `done` updates back, the last one first. */
static bool undo(unsigned int done)
{
	bool undone = true;

	for (unsigned int i = done; undone && i-- > 0;) {
		struct mmu_update update = queue.update[i];

		update.val = queue.old[i];
		undone = xen_mmu_update(&update, 1, NULL, DOMID_SELF) == 0;
	}
	return (!done || flush_tlb()) && undone;
}

/* *done: how many updates hold, if not all of them do and are flushed. */
static bool apply(unsigned int *done)
{
	long err = queue.nr ? xen_mmu_update(queue.update, queue.nr, done, DOMID_SELF) : 0;

	if (err) {
		printk("mmu: Xen refuses update %u of %u (%ld)\n", *done + 1, queue.nr, err);
		*done = MIN(*done, queue.nr);
		return false;
	}
	*done = queue.nr;
	if (!queue.flush || flush_tlb())
		return true;
	printk("mmu: Xen refuses to flush the TLB\n");
	return false;
}

static void push_all(struct frame_stash *tables, const pfn_t *frame, unsigned int nr)
{
	while (nr > 0 && stash_push(tables, frame[nr - 1]))
		nr--;
	if (nr)
		printk("mmu: no room for %u table frames; they are lost\n", nr);
}

static int commit(struct frame_stash *tables)
{
	unsigned int done = 0;

	if (apply(&done)) {
		push_all(tables, queue.unhooked, queue.nr_unhooked);
		return 0;
	}
	if (!undo(done)) {
		printk("mmu: Xen refuses to undo that; what the updates name is lost\n");
		return -EBUSY;
	}
	push_all(tables, queue.table, queue.nr_tables);
	return -EIO;
}

int mmu_commit(struct frame_stash *tables)
{
	int err = commit(tables);

	queue.nr = 0;
	queue.nr_tables = 0;
	queue.nr_unhooked = 0;
	return err;
}

/* Bytes that one table of this level serves. */
static uintptr_t table_span(unsigned int level)
{
	return (uintptr_t)1 << (PAGE_SHIFT + 9 * level);
}

/* How many of them a range touches: counted, since it may end where addresses end. */
static uintptr_t spans(uintptr_t first, uintptr_t last, uintptr_t span)
{
	return last / span - first / span + 1;
}

static unsigned int lowest_level(enum mmu_leaf leaf)
{
	return leaf == MMU_PAGES ? 1 : 2;
}

static unsigned int missing_tables(uintptr_t va, uintptr_t last, unsigned int level)
{
	uintptr_t span = table_span(level), nr = spans(va, last, span);
	unsigned int missing = 0;

	for (va = ALIGN_DOWN(va, span); nr > 0; nr--, va += span)
		missing += pv_table(va, level).v == PFN_NONE.v;
	return missing;
}

unsigned int mmu_tables_needed(const void *va, size_t nr_pages, enum mmu_leaf leaf)
{
	uintptr_t first = (uintptr_t)va, last = first + nr_pages * PAGE_SIZE - 1;
	unsigned int needed = 0;

	for (unsigned int level = ROOT_LEVEL - 1; level >= lowest_level(leaf); level--)
		needed += missing_tables(first, last, level);
	return needed;
}

static int add_table(uintptr_t va, unsigned int level, struct frame_stash *tables)
{
	pfn_t pfn = stash_pop(tables);
	int err;

	memset(pfn_to_virt(pfn), 0, PAGE_SIZE);
	queue_hook(va, level, pfn);
	err = mmu_commit(NULL);
	if (err == -EIO)
		stash_push(tables, pfn);
	return err;
}

static int add_missing(uintptr_t va, uintptr_t last, unsigned int level, struct frame_stash *tables)
{
	uintptr_t span = table_span(level), nr = spans(va, last, span);

	for (va = ALIGN_DOWN(va, span); nr > 0; nr--, va += span) {
		int err = pfn_eq(pv_table(va, level), PFN_NONE) ? add_table(va, level, tables) : 0;

		if (err)
			return err;
	}
	return 0;
}

int mmu_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf, struct frame_stash *tables)
{
	uintptr_t first = (uintptr_t)va, last = first + nr_pages * PAGE_SIZE - 1;
	int err = 0;

	assert(queue.nr == 0);
	if (mmu_tables_needed(va, nr_pages, leaf) > tables->nr)
		return -ENOMEM;
	for (unsigned int l = ROOT_LEVEL - 1; !err && l >= lowest_level(leaf); l--)
		err = add_missing(first, last, l, tables);
	return err;
}

void mmu_map_machine(void *va, mfn_t mfn, enum mmu_prot prot)
{
	queue_entry((uintptr_t)va, 1, pv_pte(mfn, prot));
}

void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot)
{
	mmu_map_machine(va, p2m_get(pfn), prot);
}

void mmu_unmap(void *va)
{
	queue_entry((uintptr_t)va, 1, 0);
}

void mmu_protect(void *va, enum mmu_prot prot)
{
	pfn_t pfn;
	mfn_t mfn;
	bool found = find_table((uintptr_t)va, 1, &pfn, &mfn);
	const uint64_t *table = pfn_to_virt(pfn);

	assert(found);
	queue_entry((uintptr_t)va, 1, pv_pte(pte_mfn(table[pv_index((uintptr_t)va, 1)]), prot));
	queue.flush = true;
}

unsigned int mmu_block_tables(void)
{
	return 1;
}

/* What the p2m knows as absent stays unmapped: it and `absent` say the same. */
void mmu_map_block(pfn_t first, const uint64_t *absent, struct frame_stash *tables)
{
	pfn_t table = stash_pop(tables);
	const unsigned long *mfn = pv_p2m_leaf(first);
	uint64_t *entry = pfn_to_virt(table);
	uint64_t bits = pv_pte(MFN(0), MMU_RW);

	(void)absent;
	assert(!pfn_eq(table, PFN_NONE) && mfn);
	for (unsigned int i = 0; i < PTES_PER_TABLE; i++)
		entry[i] = mfn[i] == MFN_NONE.v ? 0 : mfn_to_maddr(MFN(mfn[i])) | bits;
	queue.table[queue.nr_tables++] = table;
	queue_hook((uintptr_t)pfn_to_virt(first), 1, table);
}

void mmu_unmap_block(pfn_t first)
{
	queue.unhooked[queue.nr_unhooked++] = pv_unhook_table((uintptr_t)pfn_to_virt(first));
}

bool mmu_block_is_mapped(pfn_t first)
{
	return !pfn_eq(pv_table((uintptr_t)pfn_to_virt(first), 1), PFN_NONE);
}

pfn_t pv_unhook_table(uintptr_t va)
{
	pfn_t pfn = pv_table(va, 1);

	if (pfn_eq(pfn, PFN_NONE))
		return pfn;
	queue_entry(va, 2, 0);
	mmu_protect(pfn_to_virt(pfn), MMU_RW);
	return pfn;
}

bool mmu_query(const void *va, pfn_t *pfn, enum mmu_prot *prot)
{
	pfn_t table = pv_table((uintptr_t)va, 1);
	uint64_t pte;

	if (pfn_eq(table, PFN_NONE))
		return false;
	pte = ((const uint64_t *)pfn_to_virt(table))[pv_index((uintptr_t)va, 1)];
	if (!(pte & PTE_PRESENT))
		return false;
	*pfn = mfn_to_pfn(pte_mfn(pte));
	*prot = pte & PTE_WRITE ? MMU_RW : pte & PTE_NX ? MMU_RO : MMU_RX;
	return !pfn_eq(*pfn, PFN_NONE);
}
