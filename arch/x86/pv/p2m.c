/* SPDX-License-Identifier: MIT */
/*
 * The p2m of a PV guest: the builder's flat list, remapped into a region where it can grow, and the
 * three-level tree by which the toolstack finds it (Xen public/arch-x86/xen.h, arch_shared_info).
 * No privileged instruction here; frames are reached by pfn_to_virt alone.
 *
 *   top (1 frame) -> mid (1 a GiB) -> leaf (1 a block, in the region one after the other)
 *
 * On x86_32 a frame holds twice as many entries: a leaf is two blocks, a mid 4 GiB.
 */
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/pv.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/string.h>

#define PER_FRAME  (PAGE_SIZE / sizeof(unsigned long))
#define STAGED_MAX 256U

const unsigned long *xen_m2p;
unsigned long xen_m2p_entries;

static struct {
	unsigned long *map; /* entry of frame 0; the region once adopted */
	unsigned long nr_leaves;
	pfn_t staged[STAGED_MAX]; /* leaves nr_leaves, nr_leaves + 1, … that nobody else sees yet */
	unsigned int nr_staged;
	pfn_t top;
	unsigned long nr_mids;
} p2m;

/* By their frame numbers, which stay what they are when the machine frames change. */
static pfn_t suspended_mid[PER_FRAME];

/* The leaf that holds a frame's entry, NULL if there is none. */
static inline unsigned long *leaf_of(pfn_t pfn)
{
	unsigned long leaf = pfn.v / PER_FRAME;

	if (likely(leaf < p2m.nr_leaves))
		return p2m.map + leaf * PER_FRAME;
	leaf -= p2m.nr_leaves;
	return leaf < p2m.nr_staged ? pfn_to_virt(p2m.staged[leaf]) : NULL;
}

mfn_t p2m_get(pfn_t pfn)
{
	const unsigned long *leaf = leaf_of(pfn);

	return leaf ? MFN(leaf[pfn.v % PER_FRAME]) : MFN_NONE;
}

void p2m_set_range(pfn_t pfn, mfn_t mfn, unsigned long nr_frames)
{
	while (nr_frames) {
		unsigned long at = pfn.v % PER_FRAME, nr = MIN(nr_frames, PER_FRAME - at);
		unsigned long *leaf = leaf_of(pfn);

		assert(leaf);
		for (unsigned long i = 0; i < nr; i++)
			leaf[at + i] = mfn.v + i;
		pfn = pfn_add(pfn, nr);
		mfn = MFN(mfn.v + nr);
		nr_frames -= nr;
	}
}

void p2m_set(pfn_t pfn, mfn_t mfn)
{
	unsigned long *leaf = leaf_of(pfn);

	assert(leaf);
	leaf[pfn.v % PER_FRAME] = mfn.v;
}

const unsigned long *pv_p2m_leaf(pfn_t first)
{
	const unsigned long *leaf = leaf_of(first);

	return leaf ? leaf + first.v % PER_FRAME : NULL;
}

pfn_t mfn_to_pfn(mfn_t mfn)
{
	pfn_t pfn;

	if (mfn.v >= xen_m2p_entries)
		return PFN_NONE;
	pfn = PFN(xen_m2p[mfn.v]);
	return mfn_eq(p2m_get(pfn), mfn) ? pfn : PFN_NONE;
}

static void fill_none(unsigned long *entry, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		entry[i] = MFN_NONE.v;
}

void p2m_init(unsigned long *list, unsigned long nr_frames)
{
	p2m.map = list;
	p2m.nr_leaves = DIV_ROUND_UP(nr_frames, PER_FRAME);
	p2m.nr_staged = 0;
	p2m.nr_mids = 0;
	fill_none(list + nr_frames, p2m.nr_leaves * PER_FRAME - nr_frames);
}

static unsigned long *region_entry(unsigned long leaf)
{
	return (unsigned long *)(uintptr_t)LAYOUT_P2M_BASE + leaf * PER_FRAME;
}

static unsigned int mids_needed(unsigned long nr_leaves)
{
	unsigned long mids = DIV_ROUND_UP(nr_leaves, PER_FRAME);

	return mids > p2m.nr_mids ? (unsigned int)(mids - p2m.nr_mids) : 0;
}

/* Adds mids until they cover `nr_leaves`; the stash holds enough. */
static void add_mids(unsigned long nr_leaves, struct frame_stash *tables)
{
	unsigned long *top = pfn_to_virt(p2m.top);

	for (unsigned int nr = mids_needed(nr_leaves); nr > 0; nr--) {
		pfn_t mid = stash_pop(tables);

		fill_none(pfn_to_virt(mid), PER_FRAME);
		top[p2m.nr_mids++] = p2m_get(mid).v;
	}
}

/* Writes a leaf's machine frame into its mid. */
static void tree_set(unsigned long leaf, mfn_t mfn)
{
	const unsigned long *top = pfn_to_virt(p2m.top);
	unsigned long *mid = pfn_to_virt(PFN(xen_m2p[top[leaf / PER_FRAME]]));

	mid[leaf % PER_FRAME] = mfn.v;
}

/* Tells the toolstack how far the p2m reaches; only after the leaves are there. */
static void publish_max_pfn(void)
{
	struct arch_shared_info *arch = &xen_shared_info->arch;

	arch->pfn_to_mfn_frame_list_list = p2m_get(p2m.top).v;
	arch->max_pfn = p2m.nr_leaves * PER_FRAME;
}

unsigned int p2m_adopt_needs(void)
{
	return 1 + mids_needed(p2m.nr_leaves) +
	       mmu_tables_needed(region_entry(0), p2m.nr_leaves, MMU_PAGES);
}

/* Maps the list's frames in the region, in as many transactions as it takes. */
static int map_list(pfn_t list)
{
	for (unsigned long leaf = 0; leaf < p2m.nr_leaves;) {
		unsigned long end = MIN(leaf + MMU_QUEUE_MAX, p2m.nr_leaves);
		int err;

		for (; leaf < end; leaf++)
			mmu_map(region_entry(leaf), pfn_add(list, leaf), MMU_RW);
		err = mmu_commit(NULL);
		if (err)
			return err;
	}
	return 0;
}

int p2m_adopt(pfn_t list, struct frame_stash *tables)
{
	int err;

	if (p2m_adopt_needs() > tables->nr)
		return -ENOMEM;
	err = mmu_prepare(region_entry(0), p2m.nr_leaves, MMU_PAGES, tables);
	if (!err)
		err = map_list(list);
	if (err)
		return err;
	p2m.map = region_entry(0);
	p2m.top = stash_pop(tables);
	fill_none(pfn_to_virt(p2m.top), PER_FRAME);
	add_mids(p2m.nr_leaves, tables);
	for (unsigned long leaf = 0; leaf < p2m.nr_leaves; leaf++)
		tree_set(leaf, p2m_get(pfn_add(list, leaf)));
	publish_max_pfn();
	return 0;
}

/* Leaves that are missing below `end`. */
static unsigned long leaves_needed(pfn_t end)
{
	unsigned long leaves = DIV_ROUND_UP(end.v, PER_FRAME);
	unsigned long have = p2m.nr_leaves + p2m.nr_staged;

	return leaves > have ? leaves - have : 0;
}

unsigned int p2m_tables_needed(pfn_t end)
{
	unsigned long nr = leaves_needed(end);

	if (!nr)
		return 0;
	return (unsigned int)nr + mids_needed(p2m.nr_leaves + nr) +
	       mmu_tables_needed(region_entry(p2m.nr_leaves), nr, MMU_PAGES);
}

int p2m_extend(pfn_t end, struct frame_stash *tables)
{
	unsigned long nr = leaves_needed(end);
	int err;

	if (!nr)
		return 0;
	assert(p2m.nr_staged == 0 && nr <= STAGED_MAX);
	if (p2m_tables_needed(end) > tables->nr)
		return -ENOMEM;
	err = mmu_prepare(region_entry(p2m.nr_leaves), nr, MMU_PAGES, tables);
	if (err)
		return err;
	add_mids(p2m.nr_leaves + nr, tables);
	while (p2m.nr_staged < nr) {
		pfn_t leaf = stash_pop(tables);

		fill_none(pfn_to_virt(leaf), PER_FRAME);
		p2m.staged[p2m.nr_staged++] = leaf;
	}
	return 0;
}

void p2m_queue(void)
{
	for (unsigned int i = 0; i < p2m.nr_staged; i++)
		mmu_map(region_entry(p2m.nr_leaves + i), p2m.staged[i], MMU_RW);
}

void p2m_publish(void)
{
	if (!p2m.nr_staged)
		return;
	for (unsigned int i = 0; i < p2m.nr_staged; i++)
		tree_set(p2m.nr_leaves + i, p2m_get(p2m.staged[i]));
	p2m.nr_leaves += p2m.nr_staged;
	p2m.nr_staged = 0;
	publish_max_pfn();
}

void p2m_abort(pfn_t end, struct frame_stash *tables)
{
	while (p2m.nr_staged && (p2m.nr_leaves + p2m.nr_staged - 1) * PER_FRAME >= end.v) {
		p2m.nr_staged--;
		if (tables)
			stash_push(tables, p2m.staged[p2m.nr_staged]);
	}
}

void p2m_suspend(void)
{
	const unsigned long *top = pfn_to_virt(p2m.top);

	for (unsigned long i = 0; i < p2m.nr_mids; i++)
		suspended_mid[i] = PFN(xen_m2p[top[i]]);
}

/* The toolstack wrote the leaves anew, and the page tables: what names them is ours to mend. */
void p2m_resume(void)
{
	unsigned long *top = pfn_to_virt(p2m.top);

	for (unsigned long i = 0; i < p2m.nr_mids; i++)
		top[i] = p2m_get(suspended_mid[i]).v;
	for (unsigned long leaf = 0; leaf < p2m.nr_leaves; leaf++) {
		enum mmu_prot prot;
		pfn_t pfn = PFN_NONE;
		bool there = mmu_query(region_entry(leaf), &pfn, &prot);

		assert(there);
		tree_set(leaf, p2m_get(pfn));
	}
	publish_max_pfn();
}
