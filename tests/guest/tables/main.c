/* SPDX-License-Identifier: MIT */
/*
 * Grows to the ceiling, keeps a frame of every block, gives the rest back by single frames, frees
 * what it kept, and gives that back, too: what stays is what is in use, page tables lie together,
 * and the memory can be had again.
 */
#include <mm/reserve.h>

#include "frames.h"
#include "tests/pins.h"

static unsigned long in_use(void)
{
	struct mm_stats m;

	mm_stats_get(&m);
	return m.present - m.free;
}

static void grow_all(void)
{
	unsigned long grown;

	while (balloon_grow(kernel_mm.db.max_blocks * BLOCK_FRAMES, &grown) == 0 && grown)
		;
	check_at_ceiling();
	check_memory();
}

static void shrink_all(void)
{
	unsigned long shrunk;
	struct mm_stats m;

	while (balloon_shrink(~0UL >> 1, &shrunk) == 0 && shrunk)
		;
	mm_stats_get(&m);
	CHECK(m.free == 0, "%lu frames stay free", m.free);
	check_memory();
}

/* Blocks of which all is there, mapped by a table: where the port has large pages, without need. */
static unsigned long blocks_in_pages(void)
{
	const struct pagedb *db = &kernel_mm.db;
	unsigned long nr = 0;

	if (!IS_ENABLED(CONFIG_PAGETABLE))
		return 0;
	for (unsigned long i = db->first_block; i < db->nr_blocks; i++)
		nr += !db->block[i].nr_absent && !db->block[i].nr_holes &&
		      !mmu_tables_needed(pfn_to_virt(block_pfn(i)), 1, MMU_PAGES);
	return nr;
}

/* Frames of metadata that stay when so many blocks came: p2m, page database, upper tables. */
static unsigned long metadata_of(unsigned long blocks)
{
	return (IS_ENABLED(CONFIG_P2M) ? blocks : 0) + pagedb_bytes(blocks) / PAGE_SIZE +
	       RESERVE_UPPER + RESERVE_NORMAL - RESERVE_MIN;
}

int app_main(int argc, char **argv)
{
	unsigned long known = kernel_mm.db.nr_blocks, in_pages = blocks_in_pages();
	unsigned long used, blocks, most, stays;

	(void)argc;
	(void)argv;
	shrink_all();
	used = in_use();
	blocks = blocks_in_use();
	grow_all();
	most = metadata_of(kernel_mm.db.nr_blocks - known);
	for (int round = 0; round < 2; round++) {
		CHECK(pin_blocks(page_alloc_nr_whole(&kernel_mm.pages)),
		      "only %u blocks are pinned", nr_pins);
		shrink_all();
		unpin_blocks();
		shrink_all();
		stays = in_use() - used;
		printk("tables: %lu frames in %lu blocks stay, of %lu\n", stays,
		       blocks_in_use() - blocks, most);
		CHECK(stays <= most, "%lu frames of metadata stay, not %lu", stays, most);
		CHECK(blocks_in_use() - blocks <= DIV_ROUND_UP(most, BLOCK_FRAMES),
		      "%lu frames of metadata keep %lu blocks", stays, blocks_in_use() - blocks);
		grow_all();
		CHECK(blocks_in_pages() <= in_pages, "%lu blocks are in pages, not %lu",
		      blocks_in_pages(), in_pages);
	}
	return guest_test_done();
}
