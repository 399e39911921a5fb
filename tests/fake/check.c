/* SPDX-License-Identifier: MIT */
/*
 * What must be true between two operations. Every frame of the guest is in one state and in one
 * pair of hands; Xen, the p2m and the page database say the same; the tables map just that.
 */
#include <arch/boot.h>
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/pv.h>
#include <mm/map.h>
#include <mm/mm.h>
#include <mm/reserve.h>
#include <string.h>

#include "machine.h"

#define FRAMES_MAX (1UL << 20)
#define ENTRIES	   (PAGE_SIZE / sizeof(unsigned long))

/* In whose hands a frame is. */
enum hands { NOBODY, FREE, RESERVE, TABLE, P2M, PAGEDB, HELD, BOOT };

static const char *const hands_text[] = {"nobody", "free",	    "the reserve", "a page table",
					 "p2m",	   "page database", "the test",	   "boot"};

static uint8_t hands[FRAMES_MAX];
static bool in_directmap[FRAMES_MAX], read_only[FRAMES_MAX];
static unsigned long nr_mapped[NR_REGIONS];
static bool losing; /* what was given up may still be mapped, where nothing of ours is */

static unsigned long end_frame(void)
{
	return kernel_mm.db.nr_blocks * BLOCK_FRAMES;
}

static void claim(pfn_t pfn, enum hands by)
{
	if (pfn.v >= end_frame() || !pagedb_is_present(&kernel_mm.db, pfn))
		fake_fail("%s has frame %lu, which is not present", hands_text[by], pfn.v);
	if (hands[pfn.v] != NOBODY)
		fake_fail("frame %lu is in the hands of %s and of %s", pfn.v,
			  hands_text[hands[pfn.v]], hands_text[by]);
	hands[pfn.v] = (uint8_t)by;
}

/* ---- the tables ---- */

static bool is_table(mfn_t mfn)
{
	const struct frame *frame = machine_frame(mfn);

	return frame->types && frame->type >= TYPE_L1 && frame->type <= TYPE_L4;
}

static void check_directmap_entry(pfn_t pfn, mfn_t mfn, uint64_t pte)
{
	if (losing && mfn_eq(p2m_get(pfn), MFN_NONE))
		return;
	if (!mfn_eq(p2m_get(pfn), mfn))
		fake_fail("at frame %lu lies %lx, not %lx", pfn.v, mfn.v, p2m_get(pfn).v);
	if (is_table(mfn) && (pte & PTE_WRITE))
		fake_fail("frame %lu is a table, and writable", pfn.v);
	read_only[pfn.v] = !is_table(mfn) && !(pte & PTE_WRITE);
	in_directmap[pfn.v] = true;
}

static void check_entry(uintptr_t va, uint64_t pte)
{
	mfn_t mfn = MFN((unsigned long)((pte & PTE_MADDR) >> PAGE_SHIFT));
	const struct frame *frame = machine_frame(mfn);

	if (!frame || frame->owner != OWNER_DOMAIN || !frame->allocated)
		fake_fail("%lx maps %lx, which is not ours", (unsigned long)va, mfn.v);
	if (is_directmap((void *)va)) {
		check_directmap_entry(virt_to_pfn((void *)va), mfn, pte);
	} else if (va - LAYOUT_PAGEDB_BASE < LAYOUT_PAGEDB_SIZE) {
		claim(PFN(machine.m2p[mfn.v]), PAGEDB);
		nr_mapped[REGION_PAGEDB]++;
	} else if (va - LAYOUT_P2M_BASE < LAYOUT_P2M_SIZE) {
		claim(PFN(machine.m2p[mfn.v]), P2M);
		nr_mapped[REGION_P2M]++;
	} else if (va - LAYOUT_MAPPINGS_BASE < LAYOUT_MAPPINGS_SIZE) {
		nr_mapped[REGION_MAPPINGS]++;
	} else {
		fake_fail("something is mapped at %lx", (unsigned long)va);
	}
}

static void check_table(mfn_t table, unsigned int level)
{
	const struct frame *frame = machine_frame(table);
	const uint64_t *entry = machine_table(table);

	if (!frame->live || frame->type != level || frame->owner != OWNER_DOMAIN)
		fake_fail("%lx is in the tree, but no table of ours", table.v);
	claim(PFN(machine.m2p[table.v]), TABLE);
	for (unsigned int i = 0; i < PTES_PER_TABLE; i++) {
		if (!(entry[i] & PTE_PRESENT))
			continue;
		if (level == 1)
			check_entry(frame->va + i * PAGE_SIZE, entry[i]);
		else
			check_table(MFN((unsigned long)((entry[i] & PTE_MADDR) >> PAGE_SHIFT)),
				    level - 1);
	}
}

/* ---- the p2m and its tree ---- */

static const unsigned long *tree_frame(unsigned long mfn)
{
	pfn_t pfn = mfn_to_pfn(MFN(mfn));

	if (pfn_eq(pfn, PFN_NONE))
		fake_fail("the p2m's tree names %lx, which is not ours", mfn);
	claim(pfn, P2M);
	return pfn_to_virt(pfn);
}

/* Each leaf that is mapped is in the tree, and nothing else is. */
static void check_tree(void)
{
	const struct arch_shared_info *arch = &xen_shared_info->arch;
	const unsigned long *top = tree_frame(arch->pfn_to_mfn_frame_list_list), *mid = NULL;
	unsigned long leaves = arch->max_pfn / ENTRIES;

	if (arch->max_pfn % ENTRIES || leaves > nr_mapped[REGION_P2M] ||
	    (leaves < nr_mapped[REGION_P2M] && !losing))
		fake_fail("max_pfn is %lu, leaves are %lu", (unsigned long)arch->max_pfn,
			  nr_mapped[REGION_P2M]);
	if (leaves != kernel_mm.db.nr_blocks)
		fake_fail("the p2m reaches over %lu blocks, the page database over %lu", leaves,
			  kernel_mm.db.nr_blocks);
	for (unsigned long leaf = 0; leaf < leaves; leaf++) {
		const char *at = (const char *)(uintptr_t)LAYOUT_P2M_BASE + leaf * PAGE_SIZE;
		enum mmu_prot prot;
		pfn_t pfn;

		if (leaf % ENTRIES == 0)
			mid = tree_frame(top[leaf / ENTRIES]);
		if (!mmu_query(at, &pfn, &prot) || prot != MMU_RW)
			fake_fail("leaf %lu of the p2m is not mapped", leaf);
		if (mid[leaf % ENTRIES] != p2m_get(pfn).v)
			fake_fail("leaf %lu of the p2m is not the tree's", leaf);
	}
}

static bool may_be_given_up(pfn_t pfn)
{
	return losing && (hands[pfn.v] == NOBODY || hands[pfn.v] == BOOT);
}

static void check_frame(pfn_t pfn)
{
	const struct pagedb *db = &kernel_mm.db;
	mfn_t mfn = p2m_get(pfn);
	const struct frame *frame = machine_frame(mfn);

	if (!pagedb_is_present(db, pfn)) {
		if (!mfn_eq(mfn, MFN_NONE) || in_directmap[pfn.v])
			fake_fail("frame %lu is absent, but in the p2m or mapped", pfn.v);
		return;
	}
	if (!frame || frame->owner != OWNER_DOMAIN || !frame->allocated)
		fake_fail("frame %lu is present, but not Xen's idea of ours", pfn.v);
	if (machine.m2p[mfn.v] != pfn.v)
		fake_fail("frame %lu is %lx, which is frame %lu", pfn.v, mfn.v, machine.m2p[mfn.v]);
	if (pagedb_is_free(db, pfn))
		claim(pfn, FREE);
	else if (held_has(pfn))
		claim(pfn, HELD);
	else if (pfn.v < domain_reserved && hands[pfn.v] == NOBODY)
		claim(pfn, BOOT);
	if (!in_directmap[pfn.v] && !may_be_given_up(pfn))
		fake_fail("frame %lu is present, but not mapped", pfn.v);
	if (read_only[pfn.v] && !may_be_given_up(pfn))
		fake_fail("frame %lu is read-only, and no table", pfn.v);
}

/* ---- all of it ---- */

void fake_check_counts(void)
{
	if (!tlb_is_clean() && !losing)
		fake_fail("something that was unmapped was not flushed");
	if (pagedb_nr_present(&kernel_mm.db) > machine.tot_pages)
		fake_fail("%lu frames are present, Xen says %lu", pagedb_nr_present(&kernel_mm.db),
			  machine.tot_pages);
}

static void check_counts(unsigned long host_lost)
{
	fake_check_counts();
	if (machine.tot_pages != pagedb_nr_present(&kernel_mm.db) + host_lost)
		fake_fail("Xen says %lu frames, present are %lu, lost %lu", machine.tot_pages,
			  pagedb_nr_present(&kernel_mm.db), host_lost);
	if (nr_mapped[REGION_PAGEDB] != kernel_mm.pagedb_pages && !losing)
		fake_fail("%lu pages of the page database are mapped, not %lu",
			  nr_mapped[REGION_PAGEDB], kernel_mm.pagedb_pages);
	if (nr_mapped[REGION_MAPPINGS] > map_nr_pages() ||
	    (nr_mapped[REGION_MAPPINGS] < map_nr_pages() && !losing))
		fake_fail("%lu pages are mapped in the mapping region, not %lu",
			  nr_mapped[REGION_MAPPINGS], map_nr_pages());
}

static unsigned long count_nobodys(void)
{
	unsigned long nobodys = 0;

	for (unsigned long pfn = 0; pfn < end_frame(); pfn++)
		nobodys += pagedb_is_present(&kernel_mm.db, PFN(pfn)) && hands[pfn] == NOBODY;
	return nobodys;
}

static void check_objects(void)
{
	const char *wrong = pagedb_check(&kernel_mm.db);

	if (!wrong)
		wrong = page_alloc_check(&kernel_mm.pages);
	if (wrong)
		fake_fail("%s", wrong);
}

static unsigned long check_all(unsigned long lost)
{
	check_objects();
	memset(hands, NOBODY, end_frame());
	memset(in_directmap, 0, end_frame() * sizeof(in_directmap[0]));
	memset(read_only, 0, end_frame() * sizeof(read_only[0]));
	memset(nr_mapped, 0, sizeof(nr_mapped));
	check_table(machine.root, TYPE_L4);
	check_tree();
	for (unsigned int i = 0; i < reserve_stash()->nr; i++)
		claim(reserve_stash()->frame[i], RESERVE);
	for (unsigned long pfn = 0; pfn < end_frame(); pfn++)
		check_frame(PFN(pfn));
	check_counts(lost);
	held_check();
	return count_nobodys();
}

unsigned long fake_check_losing(unsigned long lost)
{
	losing = true;
	return check_all(lost);
}

void fake_check(void)
{
	unsigned long nobodys;

	losing = false;
	nobodys = check_all(0);
	if (nobodys)
		fake_fail("%lu frames are in nobody's hands", nobodys);
}
