/* SPDX-License-Identifier: MIT */
/*
 * Backing the page database: its region is mapped page by page as memory reaches further. The same
 * steps at boot (mm/init.c) and in growth (grow.c); who calls hands in the frames.
 */
#ifndef MM_METADATA_H
#define MM_METADATA_H

#include <arch/mmu.h>
#include <mm/mm.h>

/* Upper tables for the boot memory's descriptors: 512 GiB take 40 MiB, 20 tables and a few above.
 */
#define MM_PAGEDB_TABLES_MAX 32

/* Blocks that the direct map and the database have room for. */
unsigned long mm_max_blocks(void);

/*
 * Nothing lies below this block: the database begins with it, or the few before it whose
 * descriptors lie in the same page.
 */
void mm_pagedb_begin(struct mm *mm, unsigned long first);

/* Upper tables and pages that descriptors of `nr_blocks` blocks still lack. */
unsigned int mm_pagedb_tables_needed(const struct mm *mm, unsigned long nr_blocks);
unsigned int mm_pagedb_pages_needed(const struct mm *mm, unsigned long nr_blocks);

/* Makes the upper tables. -ENOMEM: the stash is too small; -EIO. */
int mm_pagedb_prepare(struct mm *mm, unsigned long nr_blocks, struct frame_stash *tables);

/* Maps one more page, at once. -EIO: refused, nothing changed. */
int mm_pagedb_back(struct mm *mm, pfn_t pfn);

/*
 * Backs the database up to a block that lies behind a hole, but for a page at most, out of the
 * reserve and what is free. -ENOMEM: as far as there were frames; -EIO.
 */
int mm_pagedb_reach(struct mm *mm, unsigned long nr_blocks);

/*
 * The same in a transaction of the caller's: queues one more page; after the commit, adopts (or
 * forgets) all that was queued. Forgotten frames go back to `frames`; if it is NULL they are lost.
 */
void mm_pagedb_queue(struct mm *mm, pfn_t pfn);
void mm_pagedb_adopt(struct mm *mm);
void mm_pagedb_forget(struct frame_stash *frames);

#endif
