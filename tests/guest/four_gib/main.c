/* SPDX-License-Identifier: MIT */
/*
 * A PC has no memory just below 4 GiB: numbers of frames go on above. Memory on both sides is used;
 * where there is a balloon, growth goes across, and by single frames as well as by blocks.
 */
#include "frames.h"

#define FOUR_GIB (0x100000000ULL / PAGE_SIZE) /* frames */

struct side {
	unsigned long blocks, frames;
};

static struct side below, above;

/* Blocks are listed apart, and few of them written to: the machine's memory is not all needed. */
#define BLOCKS_MAX  4096U
#define WRITE_EVERY 32U

static void *taken[BLOCKS_MAX];
static unsigned int nr_taken;

static void take_blocks(void)
{
	void *block;

	while (nr_taken < BLOCKS_MAX && (block = page_alloc(BLOCK_ORDER, PAGE_FIXED)) != NULL) {
		if (nr_taken % WRITE_EVERY == 0)
			pattern_write(block, PAGE_SIZE, virt_to_pfn(block).v);
		taken[nr_taken++] = block;
		if (virt_to_pfn(block).v < FOUR_GIB)
			below.blocks++;
		else
			above.blocks++;
	}
}

static void take_frames(struct runs *runs)
{
	void *page;

	while ((page = page_alloc(0, PAGE_FIXED)) != NULL) {
		if (virt_to_pfn(page).v < FOUR_GIB)
			below.frames++;
		else
			above.frames++;
		runs_keep(runs, page, 0);
	}
}

static void check_and_free_blocks(void)
{
	for (unsigned int i = 0; i < nr_taken; i++) {
		CHECK(i % WRITE_EVERY ||
			      pattern_holds(taken[i], PAGE_SIZE, virt_to_pfn(taken[i]).v),
		      "frame %lu is damaged", virt_to_pfn(taken[i]).v);
		page_free(taken[i], BLOCK_ORDER);
	}
}

int app_main(int argc, char **argv)
{
	struct runs frames = {0};
	struct balloon_stats balloon;
	struct mm_stats stats;

	(void)argc;
	(void)argv;
	take_blocks();
	take_frames(&frames);
	printk("test: %lu blocks and %lu frames below 4 GiB, %lu and %lu above\n", below.blocks,
	       below.frames, above.blocks, above.frames);
	CHECK(below.blocks > 512, "only %lu blocks are below 4 GiB", below.blocks);
	CHECK(above.blocks > 64, "only %lu blocks are above 4 GiB", above.blocks);
	mm_stats_get(&stats);
	CHECK(stats.free == 0, "%lu frames are left", stats.free);
	balloon_stats_get(&balloon);
	if (balloon.backend)
		check_at_ceiling();
	check_memory();
	runs_check_and_free(&frames);
	check_and_free_blocks();
	check_memory();
	return guest_test_done();
}
