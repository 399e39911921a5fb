/* SPDX-License-Identifier: MIT */
/*
 * Memory that was never used is never touched, by allocating and freeing it: counted by the
 * processor, which sets the accessed bit of the entry by which a page is reached. The kernel's own
 * entries have it set from the start, so they are written anew without it.
 */
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/hypercall.h>
#include <asm/pv.h>

#include "bench.h"

#define NR_BLOCKS 16U
#define NR_FRAMES (NR_BLOCKS * (unsigned int)BLOCK_FRAMES)

static unsigned long block[NR_BLOCKS];
static void *run[2 * NR_FRAMES];
static struct mmu_update update[BLOCK_FRAMES];

static const uint64_t *table_of(unsigned long number)
{
	return pfn_to_virt(pv_table((uintptr_t)pfn_to_virt(block_pfn(number)), 1));
}

/* Blocks that came, and of which no frame was handed out since. */
static bool find_clean_blocks(void)
{
	unsigned int n = 0;

	for (unsigned long b = kernel_mm.db.nr_blocks; b-- > 0 && n < NR_BLOCKS;) {
		const struct block *known = pagedb_block(&kernel_mm.db, b);

		if (known->state == BLOCK_WHOLE && (known->flags & BLOCK_CLEAN))
			block[n++] = b;
	}
	return n == NR_BLOCKS;
}

/* Writes a block's entries as they are, without the bits the processor sets. */
static bool forget_accesses(unsigned long number)
{
	uintptr_t va = (uintptr_t)pfn_to_virt(block_pfn(number));
	uint64_t maddr = mfn_to_maddr(p2m_get(pv_table(va, 1)));
	const uint64_t *table = table_of(number);

	for (unsigned int i = 0; i < BLOCK_FRAMES; i++) {
		update[i].ptr = (maddr + i * sizeof(*table)) | MMU_NORMAL_PT_UPDATE;
		update[i].val = table[i] & ~(PTE_ACCESSED | PTE_DIRTY);
	}
	return xen_mmu_update(update, BLOCK_FRAMES, NULL, DOMID_SELF) == 0;
}

static bool watch_blocks(void)
{
	struct mmuext_op flush = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		if (!forget_accesses(block[i]))
			return false;
	return xen_mmuext_op(&flush, 1, NULL, DOMID_SELF) == 0;
}

static unsigned int count_touched(void)
{
	unsigned int touched = 0;

	for (unsigned int b = 0; b < NR_BLOCKS; b++)
		for (unsigned int i = 0; i < BLOCK_FRAMES; i++)
			touched += (table_of(block[b])[i] & (PTE_ACCESSED | PTE_DIRTY)) != 0;
	return touched;
}

/* All there is, in runs of one order, is taken; every second run goes back first. */
static unsigned int take_and_give(unsigned int order)
{
	unsigned int n = 0;

	while (n < ARRAY_SIZE(run) && (run[n] = page_alloc(order, PAGE_FIXED)))
		n++;
	for (unsigned int i = 0; i < n; i += 2)
		page_free(run[i], order);
	for (unsigned int i = 1; i < n; i += 2)
		page_free(run[i], order);
	return n;
}

int app_main(int argc, char **argv)
{
	unsigned long grown;

	(void)argc;
	(void)argv;
	if (balloon_grow(~0UL, &grown) || !find_clean_blocks())
		return bench_fail("no blocks that were never used");
	if (!watch_blocks() || count_touched() != 0)
		return bench_fail("Xen does not let the accessed bits be cleared");
	for (unsigned int order = 0; order <= BLOCK_ORDER + 2; order++)
		if (!take_and_give(order))
			return bench_fail("an order of which there is nothing");
	bench_say("pages", count_touched(), "pages");
	/* The count is not blind. */
	for (unsigned int i = 0; i < 3; i++)
		*(volatile char *)pfn_to_virt(pfn_add(block_pfn(block[i]), i * 100 + i)) = 1;
	bench_say("proof", count_touched(), "pages");
	return count_touched() == 3 ? 0 : bench_fail("three pages were touched");
}
