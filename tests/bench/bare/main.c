/* SPDX-License-Identifier: MIT */
/*
 * The reference: what the hypercalls of growth cost with nothing around them. Frames and blocks are
 * populated at numbers far above all others, into page tables of this guest's own; the kernel never
 * hears of them, and the machine ends when it is done.
 */
#include <arch/mmu.h>
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <xen/memory.h>
#include "bench.h"

#define NR_BLOCKS    240U /* 480 MiB, each way */
#define BLOCKS_BATCH 32U
#define FRAMES_AT    PFN(16UL << 20) /* 64 GiB */
#define BLOCKS_AT    PFN(32UL << 20)
#define STASH_MAX    512U

static xen_pfn_t list[BLOCK_FRAMES];
static struct mmu_update update[BLOCK_FRAMES];

static bool populate(unsigned int nr, unsigned int order)
{
	struct xen_memory_reservation arg = {
		.nr_extents = nr,
		.extent_order = order,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(arg.extent_start, list);
	return xen_memory_op(XENMEM_populate_physmap, &arg) == (long)nr;
}

/* Where the machine has the entry for `va` in its table of a level. */
static uint64_t entry_maddr(const void *va, unsigned int level)
{
	pfn_t table = pv_table((uintptr_t)va, level);

	return (mfn_to_maddr(p2m_get(table)) + pv_index((uintptr_t)va, level) * sizeof(uint64_t)) |
	       MMU_NORMAL_PT_UPDATE;
}

/* Upper tables, out of the frames the guest has. */
static bool prepare(pfn_t first, enum mmu_leaf leaf)
{
	static pfn_t frame[STASH_MAX];
	struct frame_stash tables = {frame, 0, STASH_MAX};
	void *va = pfn_to_virt(first);
	unsigned int needed = mmu_tables_needed(va, NR_BLOCKS * BLOCK_FRAMES, leaf);

	while (tables.nr < needed) {
		void *page = page_alloc(0, PAGE_FIXED);

		if (!page || !stash_push(&tables, virt_to_pfn(page)))
			return false;
	}
	return mmu_prepare(va, NR_BLOCKS * BLOCK_FRAMES, leaf, &tables) == 0;
}

/* 512 single frames: one populate, one mmu_update of as many entries. */
static bool add_frames(pfn_t first)
{
	uint64_t at = entry_maddr(pfn_to_virt(first), 1);

	for (unsigned int i = 0; i < BLOCK_FRAMES; i++)
		list[i] = first.v + i;
	if (!populate(BLOCK_FRAMES, 0))
		return false;
	for (unsigned int i = 0; i < BLOCK_FRAMES; i++) {
		update[i].ptr = at + i * sizeof(uint64_t);
		update[i].val = pv_pte(MFN(list[i]), MMU_RW);
	}
	return xen_mmu_update(update, BLOCK_FRAMES, NULL, DOMID_SELF) == 0;
}

static bool measure_frames(void)
{
	struct bench_cost cost;

	if (!prepare(FRAMES_AT, MMU_PAGES))
		return false;
	cost = bench_begin();
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		if (!add_frames(pfn_add(FRAMES_AT, i * BLOCK_FRAMES)))
			return false;
	cost = bench_end(cost);
	bench_say_each("frames", cost.instructions, NR_BLOCKS * BLOCK_FRAMES, "instructions");
	bench_say("frames_calls", cost.hypercalls, "hypercalls");
	return true;
}

/* A block's whole table is filled in memory, made read-only, and hooked by one entry. */
static void queue_hook(unsigned int i, pfn_t first, xen_pfn_t mfn, void *table)
{
	uint64_t *entry = table;
	mfn_t table_mfn = p2m_get(virt_to_pfn(table));

	for (unsigned int n = 0; n < BLOCK_FRAMES; n++)
		entry[n] = pv_pte(MFN(mfn + n), MMU_RW);
	update[2 * i].ptr = entry_maddr(table, 1);
	update[2 * i].val = pv_pte(table_mfn, MMU_RO);
	update[2 * i + 1].ptr = entry_maddr(pfn_to_virt(first), 2);
	update[2 * i + 1].val = pv_table_entry(table_mfn);
}

/* *populated is what the first of the two hypercalls took. */
static bool add_blocks(pfn_t first, unsigned int nr, void **table, uint64_t *populated)
{
	uint64_t begin;

	for (unsigned int i = 0; i < nr; i++)
		list[i] = first.v + i * BLOCK_FRAMES;
	begin = bench_instructions();
	if (!populate(nr, BLOCK_ORDER))
		return false;
	*populated += bench_instructions() - begin;
	for (unsigned int i = 0; i < nr; i++)
		queue_hook(i, pfn_add(first, i * BLOCK_FRAMES), list[i], table[i]);
	return xen_mmu_update(update, 2 * nr, NULL, DOMID_SELF) == 0;
}

static bool measure_blocks(void)
{
	static void *table[NR_BLOCKS];
	uint64_t populated = 0;
	struct bench_cost cost;

	if (!prepare(BLOCKS_AT, MMU_BLOCKS))
		return false;
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		if (!(table[i] = page_alloc(0, PAGE_FIXED)))
			return false;
	cost = bench_begin();
	for (unsigned int i = 0; i < NR_BLOCKS; i += BLOCKS_BATCH)
		if (!add_blocks(pfn_add(BLOCKS_AT, i * BLOCK_FRAMES),
				MIN(BLOCKS_BATCH, NR_BLOCKS - i), &table[i], &populated))
			return false;
	cost = bench_end(cost);
	bench_say_each("blocks", cost.instructions, NR_BLOCKS * BLOCK_FRAMES, "instructions");
	bench_say_each("blocks_populate", populated, NR_BLOCKS * BLOCK_FRAMES, "instructions");
	bench_say_each("blocks_hook", cost.instructions - populated, NR_BLOCKS * BLOCK_FRAMES,
		       "instructions");
	bench_say("blocks_calls", cost.hypercalls, "hypercalls");
	return true;
}

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!measure_frames())
		return bench_fail("bare frames");
	if (!measure_blocks())
		return bench_fail("bare blocks");
	return 0;
}
