/* SPDX-License-Identifier: MIT */
/*
 * The reference: what the hypercalls of growing and giving back cost with nothing around them.
 * Frames and blocks come at numbers far above all others, into page tables of this guest's own; the
 * kernel never hears of them, and the machine ends when it is done.
 */
#include "bare.h"
#include "bench.h"

#define NR_FRAMES (NR_BLOCKS * BLOCK_FRAMES)
#define BLOCKS_AT PFN((unsigned long)(LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT) - NR_FRAMES)
#define FRAMES_AT PFN(BLOCKS_AT.v - NR_FRAMES)

static xen_pfn_t list[BLOCK_FRAMES];
static xen_pfn_t name[NR_BLOCKS]; /* by which the host knows the blocks */
static uint64_t spent;		  /* instructions, in change() */

/* What is listed. */
static bool change(unsigned int op, unsigned int nr, unsigned int order)
{
	uint64_t begin = bench_instructions();
	long done = xen_change_reservation(op, list, nr, order);

	spent += bench_instructions() - begin;
	return done == (long)nr;
}

static bool add_frames(unsigned int block, unsigned int nr)
{
	pfn_t first = pfn_add(FRAMES_AT, block * BLOCK_FRAMES);

	(void)nr;
	for (unsigned int i = 0; i < BLOCK_FRAMES; i++)
		list[i] = first.v + i;
	return change(XENMEM_populate_physmap, BLOCK_FRAMES, 0) && bare_map_frames(first, list);
}

static bool add_blocks(unsigned int block, unsigned int nr)
{
	pfn_t first = pfn_add(BLOCKS_AT, block * BLOCK_FRAMES);

	for (unsigned int i = 0; i < nr; i++)
		list[i] = first.v + i * BLOCK_FRAMES;
	if (!change(XENMEM_populate_physmap, nr, BLOCK_ORDER))
		return false;
	memcpy(&name[block], list, nr * sizeof(*list));
	return bare_map_blocks(first, nr, list);
}

static bool take_blocks(unsigned int block, unsigned int nr)
{
	if (!bare_unmap_blocks(pfn_add(BLOCKS_AT, block * BLOCK_FRAMES), nr))
		return false;
	memcpy(list, &name[block], nr * sizeof(*list));
	return change(XENMEM_decrease_reservation, nr, BLOCK_ORDER);
}

/* NR_BLOCKS blocks, `batch` in a step. */
static bool run(bool (*step)(unsigned int block, unsigned int nr), unsigned int batch,
		struct bench_cost *cost)
{
	spent = 0;
	*cost = bench_begin();
	for (unsigned int i = 0; i < NR_BLOCKS; i += batch)
		if (!step(i, MIN(batch, NR_BLOCKS - i)))
			return false;
	*cost = bench_end(*cost);
	return true;
}

static bool measure_frames(void)
{
	struct bench_cost cost;

	if (!bare_prepare(FRAMES_AT, MMU_PAGES) || !run(add_frames, 1, &cost))
		return false;
	bench_say_each("frames", cost.instructions, NR_FRAMES, "instructions");
	bench_say("frames_calls", cost.hypercalls, "hypercalls");
	return true;
}

static bool measure_blocks(void)
{
	struct bench_cost cost;

	if (!bare_prepare(BLOCKS_AT, MMU_BLOCKS) || !run(add_blocks, BLOCKS_BATCH, &cost))
		return false;
	bench_say_each("blocks", cost.instructions, NR_FRAMES, "instructions");
	bench_say_each("blocks_populate", spent, NR_FRAMES, "instructions");
	bench_say_each("blocks_hook", cost.instructions - spent, NR_FRAMES, "instructions");
	bench_say("blocks_calls", cost.hypercalls, "hypercalls");
	return true;
}

static bool measure_way_back(void)
{
	struct bench_cost cost;

	if (!run(take_blocks, BLOCKS_BATCH, &cost))
		return false;
	bench_say_each("back", cost.instructions, NR_FRAMES, "instructions");
	bench_say_each("back_decrease", spent, NR_FRAMES, "instructions");
	bench_say("back_calls", cost.hypercalls, "hypercalls");
	return true;
}

/* Numbers that were given back: Xen may have other tables for them now than the first time. */
static bool measure_again(void)
{
	struct bench_cost cost;

	if (!run(add_blocks, BLOCKS_BATCH, &cost))
		return false;
	bench_say_each("again", cost.instructions, NR_FRAMES, "instructions");
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
	if (!measure_way_back())
		return bench_fail("bare blocks, back");
	if (!measure_again())
		return bench_fail("bare blocks, again");
	return 0;
}
