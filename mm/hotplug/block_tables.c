/* SPDX-License-Identifier: MIT */
/* Tables that are of no use any more: see block_tables.h. */
#include <arch/mmu.h>
#include <mm/reserve.h>

#include "block_tables.h"

/* Blocks of one commit. */
#define BATCH_MAX 64U

static_assert(BATCH_MAX <= RESERVE_ROOM && 2 * BATCH_MAX <= MMU_QUEUE_MAX, "a batch is one commit");

struct batch {
	unsigned long block[BATCH_MAX];
	unsigned int nr;
};

static bool is_queued(const struct batch *batch, unsigned long block)
{
	for (unsigned int i = batch->nr; i > 0; i--)
		if (batch->block[i - 1] == block)
			return true;
	return false;
}

/* Of a block of which nothing is there a table may still be hooked, that maps nothing. */
static bool has_idle_table(const struct mm *mm, unsigned long block)
{
	return pagedb_block(&mm->db, block)->state == BLOCK_ABSENT &&
	       mmu_block_is_mapped(block_pfn(block));
}

static int commit(struct mm *mm, struct batch *batch)
{
	int err;

	if (!batch->nr)
		return 0;
	reserve_make_room(&mm->pages, batch->nr);
	err = mmu_commit(reserve_stash());
	batch->nr = 0;
	return err;
}

/* Removes tables that map nothing. */
static void unhook_idle(struct mm *mm, const pfn_t *frame, unsigned int nr_frames)
{
	struct batch batch = {.nr = 0};
	int err = 0;

	for (unsigned int i = 0; !err && i < nr_frames; i++) {
		unsigned long block = pfn_block(frame[i]);

		if (!has_idle_table(mm, block) || is_queued(&batch, block))
			continue;
		batch.block[batch.nr++] = block;
		mmu_unmap_block(block_pfn(block));
		if (batch.nr == BATCH_MAX)
			err = commit(mm, &batch);
	}
	if (!err)
		commit(mm, &batch);
}

static bool is_all_there(const struct mm *mm, unsigned long block)
{
	const struct block *b = pagedb_block(&mm->db, block);

	return !b->nr_absent && !b->nr_holes;
}

void block_tables_settle(struct mm *mm, const pfn_t *frame, unsigned int nr_frames)
{
	unsigned long last = BLOCK_LINK_NONE;

	unhook_idle(mm, frame, nr_frames);
	for (unsigned int i = 0; i < nr_frames; i++) {
		unsigned long block = pfn_block(frame[i]);

		if (block == last || !is_all_there(mm, block))
			continue;
		reserve_make_room(&mm->pages, 1);
		mmu_join_block(block_pfn(block), reserve_stash());
		last = block;
	}
	reserve_trim(&mm->pages, RESERVE_NORMAL);
}
