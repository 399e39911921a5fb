/* SPDX-License-Identifier: MIT */
/* Backing the page database: see metadata.h. */
#include <arch/layout.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <mm/reserve.h>

#include "metadata.h"

#define QUEUED_MAX 32U

/* Frames that backing one page can take. */
#define PAGE_AND_TABLES 4U

static pfn_t queued[QUEUED_MAX];
static unsigned int nr_queued;

unsigned long mm_max_blocks(void)
{
	return MIN(LAYOUT_DIRECTMAP_SIZE >> BLOCK_SHIFT, LAYOUT_PAGEDB_SIZE / sizeof(struct block));
}

static void *page_address(unsigned long page)
{
	return (void *)(uintptr_t)(LAYOUT_PAGEDB_BASE + page * PAGE_SIZE);
}

void mm_pagedb_begin(struct mm *mm, unsigned long first)
{
	mm->pagedb_pages = pagedb_bytes(first) / PAGE_SIZE;
	pagedb_begin(&mm->db, DIV_ROUND_UP(mm->pagedb_pages * PAGE_SIZE, pagedb_bytes(1)));
}

unsigned int mm_pagedb_pages_needed(const struct mm *mm, unsigned long nr_blocks)
{
	unsigned long pages = DIV_ROUND_UP(pagedb_bytes(nr_blocks), PAGE_SIZE);

	return pages > mm->pagedb_pages ? (unsigned int)(pages - mm->pagedb_pages) : 0;
}

unsigned int mm_pagedb_tables_needed(const struct mm *mm, unsigned long nr_blocks)
{
	unsigned int pages = mm_pagedb_pages_needed(mm, nr_blocks);

	return pages ? mmu_tables_needed(page_address(mm->pagedb_pages), pages, MMU_PAGES) : 0;
}

int mm_pagedb_prepare(struct mm *mm, unsigned long nr_blocks, struct frame_stash *tables)
{
	unsigned int pages = mm_pagedb_pages_needed(mm, nr_blocks);

	if (!pages)
		return 0;
	return mmu_prepare(page_address(mm->pagedb_pages), pages, MMU_PAGES, tables);
}

int mm_pagedb_back(struct mm *mm, pfn_t pfn)
{
	int err;

	mmu_map(page_address(mm->pagedb_pages), pfn, MMU_RW);
	err = mmu_commit(NULL);
	if (!err)
		mm->pagedb_pages++;
	return err;
}

/* The next page, for which a table or two may be wanted. */
static int back_one(struct mm *mm)
{
	struct frame_stash *reserve = reserve_stash();
	int err = mmu_prepare(page_address(mm->pagedb_pages), 1, MMU_PAGES, reserve);
	pfn_t pfn;

	if (err)
		return -EIO;
	pfn = stash_pop(reserve);
	err = mm_pagedb_back(mm, pfn);
	if (err == -EIO)
		stash_push(reserve, pfn);
	return err ? -EIO : 0;
}

int mm_pagedb_reach(struct mm *mm, unsigned long nr_blocks)
{
	int err = 0;

	while (!err && mm_pagedb_pages_needed(mm, nr_blocks) > 1) {
		if (!reserve_fill(&mm->pages, RESERVE_MIN + PAGE_AND_TABLES))
			return -ENOMEM;
		err = back_one(mm);
	}
	return err;
}

void mm_pagedb_queue(struct mm *mm, pfn_t pfn)
{
	assert(nr_queued < QUEUED_MAX);
	mmu_map(page_address(mm->pagedb_pages + nr_queued), pfn, MMU_RW);
	queued[nr_queued++] = pfn;
}

void mm_pagedb_adopt(struct mm *mm)
{
	mm->pagedb_pages += nr_queued;
	nr_queued = 0;
}

void mm_pagedb_forget(struct frame_stash *frames)
{
	while (nr_queued) {
		nr_queued--;
		if (frames)
			stash_push(frames, queued[nr_queued]);
	}
}
