/* SPDX-License-Identifier: MIT */
/*
 * The start of memory: page database mapped, boot memory known, what is free freed, the private
 * reserve filled.
 */
#include <arch/layout.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/grow.h>
#include <mm/reclaim.h>
#include <mm/reserve.h>

#include "boot_alloc.h"
#include "mm/hotplug/metadata.h"

/* The blocks that hold boot memory: the database begins with these. */
static unsigned long boot_blocks(const struct boot_info *boot)
{
	unsigned long end = 0;

	for (unsigned int i = 0; i < boot->nr_ranges; i++)
		if (boot->range[i].kind != BOOT_GROWABLE)
			end = boot->range[i].first.v + boot->range[i].nr_frames;
	return DIV_ROUND_UP(end, BLOCK_FRAMES);
}

static void copy_ranges(struct mm *m, const struct boot_info *boot)
{
	for (unsigned int i = 0; i < boot->nr_ranges; i++) {
		const struct boot_range *range = &boot->range[i];

		m->range[i] =
			(struct mm_range){range->first, range->nr_frames, range->kind, OWNER_BASE};
	}
	m->nr_ranges = boot->nr_ranges;
}

static int back_pagedb(struct mm *m, unsigned long nr_blocks)
{
	static pfn_t frame[MM_PAGEDB_TABLES_MAX];
	struct frame_stash tables = {frame, 0, ARRAY_SIZE(frame)};
	int err;

	if (!boot_alloc_stash(&tables, mm_pagedb_tables_needed(m, nr_blocks)))
		return -ENOMEM;
	err = mm_pagedb_prepare(m, nr_blocks, &tables);
	while (!err && mm_pagedb_pages_needed(m, nr_blocks)) {
		pfn_t pfn;

		err = boot_alloc(&pfn);
		if (!err)
			err = mm_pagedb_back(m, pfn);
	}
	return err;
}

/* Frames of RAM and reserved ranges come in as "in use"; then what nobody took is freed. */
static void add_boot_memory(struct mm *m, const struct boot_info *boot)
{
	for (unsigned int i = 0; i < boot->nr_ranges; i++) {
		const struct boot_range *range = &boot->range[i];
		unsigned long room = m->db.nr_blocks * BLOCK_FRAMES;

		if (range->first.v >= room)
			continue;
		pagedb_hole_to_absent(&m->db, range->first,
				      MIN(range->nr_frames, room - range->first.v), OWNER_BASE);
		if (range->kind != BOOT_GROWABLE)
			pagedb_add(&m->db, range->first, range->nr_frames);
	}
}

static void free_boot_memory(struct mm *m)
{
	pfn_t first;
	unsigned long nr_frames;

	while (boot_alloc_rest(&first, &nr_frames))
		page_alloc_give(&m->pages, first, nr_frames);
}

/* What is in use by now was written to: its block is scrubbed before it goes, should it be free. */
static void mark_used_blocks(struct pagedb *db)
{
	for (unsigned long i = db->first_block; i < db->nr_blocks; i++)
		if (db->block[i].state != BLOCK_WHOLE)
			db->block[i].flags &= ~BLOCK_CLEAN;
}

int mm_init(const struct boot_info *boot)
{
	unsigned long nr_blocks = boot_blocks(boot);
	int err;

	pagedb_init(&kernel_mm.db, (struct block *)(uintptr_t)LAYOUT_PAGEDB_BASE, mm_max_blocks());
	copy_ranges(&kernel_mm, boot);
	mm_pagedb_begin(&kernel_mm, boot->nr_ranges ? pfn_block(boot->range[0].first) : 0);
	boot_alloc_init(boot);
	err = back_pagedb(&kernel_mm, nr_blocks);
	if (err) {
		printk("mm: cannot allocate the page database: %lu pageblocks (%s)\n", nr_blocks,
		       strerror_kernel(err));
		return err;
	}
	pagedb_extend(&kernel_mm.db, nr_blocks);
	page_alloc_init(&kernel_mm.pages, &kernel_mm.db);
	add_boot_memory(&kernel_mm, boot);
	free_boot_memory(&kernel_mm);
	mark_used_blocks(&kernel_mm.db);
	/* Beside what is there for good. */
	page_alloc_hand_to_tables(&kernel_mm.pages, PAGE_FIXED);
	if (!reserve_fill(&kernel_mm.pages, RESERVE_MIN)) {
		printk("mm: fewer than %u free frames at boot (give the guest more memory)\n",
		       RESERVE_MIN);
		return -ENOMEM;
	}
	grow_reach(&kernel_mm);
	reclaim_init();
	return 0;
}
