/* SPDX-License-Identifier: MIT */
/*
 * The page database: one descriptor a block, out of band, in a reserved region that is backed only
 * as far as memory reaches. It says of every frame in which of three states it is:
 *
 *             pagedb_add              pagedb_free
 *   absent ---------------> in use ----------------> free
 *          <---------------        <----------------
 *            pagedb_remove            pagedb_use
 *
 * States change in pagedb.c (and, a frame at a time, in mm/alloc/pagedb_frame.h, which only it and
 * the allocator see), by functions that assert the state they leave. A frame is born by being freed
 * and dies by being allocated.
 *
 * Holes are frame numbers that are never populated. They look like frames in use; only their number
 * is known (nr_holes), and they are neither present nor absent in any count.
 *
 * Every block has an owner: the base, or a device that alone populates its region of frame numbers
 * (mm/owner.h). Present frames and whole blocks are counted by owner.
 *
 * After LLFree (USENIX ATC'23): bit fields and a counter a block; nothing is written into a page.
 * Not interrupt-safe by itself. pagedb_free and pagedb_use belong to the allocator, which holds
 * interrupts off; the others are for growth and shrinking, which run in threads, and touch fields
 * that the allocator reads only of blocks it has been given. Both change the tree over the blocks:
 * interrupts are off for as long.
 */
#ifndef MM_PAGEDB_H
#define MM_PAGEDB_H

#include <lib/addr.h>

#define BLOCK_WORDS	(BLOCK_FRAMES / 64)
#define BLOCK_LINK_NONE UINT32_MAX

enum block_state {
	BLOCK_ABSENT,  /* all 512 absent: may be populated whole */
	BLOCK_FULL,    /* nothing free, not all absent; on no list */
	BLOCK_PARTIAL, /* something free, not all; on a list of its use and largest free order */
	BLOCK_WHOLE,   /* all 512 free; on a list of whole blocks */
	NR_BLOCK_STATES
};

/* What the frames of a block are used for, so that what can be given back at once lies together. */
enum page_use {
	PAGE_FIXED,	  /* cannot move: tables, stacks, rings, an application's frames */
	PAGE_RECLAIMABLE, /* can be given back at once: heap, caches */
	PAGE_TABLE,	  /* page tables, p2m, page database: cannot move, so they lie dense */
	NR_PAGE_USES
};

enum block_flag {
	BLOCK_CLEAN = 1 << 0, /* no frame of it was in use since it came */
	BLOCK_EXACT = 1 << 1, /* while PARTIAL: a free run of max_order is in it */
};

#define BLOCK_OWNER_SHIFT 4U /* in block.flags; see block_owner() */
#define OWNERS_MAX	  4U
#define OWNER_BASE	  0U /* what the guest was started with, and all that is in no region */

struct block {
	uint64_t free[BLOCK_WORDS];   /* bit set: free */
	uint64_t absent[BLOCK_WORDS]; /* bit set: absent. Never set with `free` */
	uint32_t next, prev;	      /* neighbours on the list it is on (block numbers) */
	uint16_t nr_free, nr_absent;  /* weights of the two fields */
	uint16_t nr_holes;	      /* frames that are neither present nor absent */
	uint8_t state;		      /* enum block_state */
	uint8_t flags;		      /* enum block_flag; the owner in the upper half */
	uint8_t use;		      /* enum page_use, while PARTIAL or FULL */
	uint8_t max_order;    /* while PARTIAL: no free run of a higher order is in it; else 0 */
	uint8_t free_words;   /* bit w: free[w] is not 0 */
	uint8_t tree;	      /* a node of the tree over the blocks (mm/alloc/block_tree.h) */
	uint32_t heap_chunks; /* bit i: the heap owns frames 16·i to 16·i+15 (mm/heap/heap.c) */
};

static_assert(sizeof(struct block) == 152, "76 KiB of page database a GiB");
static_assert(OWNERS_MAX <= 1U << (8 - BLOCK_OWNER_SHIFT), "an owner has room in the flags");

/* Return: the owner of the block, below OWNERS_MAX. Context: any. */
static inline unsigned int block_owner(const struct block *b)
{
	return b->flags >> BLOCK_OWNER_SHIFT;
}

struct pagedb {
	struct block *block;	   /* in the pagedb region; [first_block, nr_blocks) is backed */
	unsigned long first_block; /* no memory lies below, and none ever will */
	unsigned long nr_blocks;   /* where descriptors end that are backed and initialised */
	unsigned long max_blocks;  /* what the region has room for */
	unsigned long nr_present[OWNERS_MAX]; /* frames, free or in use: added and not removed */
	unsigned long nr_partly; /* blocks of which some frames are absent, but not all */
};

/* Binds a database to its memory, of which nothing is backed yet. */
void pagedb_init(struct pagedb *db, struct block *base, unsigned long max_blocks);

/*
 * Before the first pagedb_extend(): blocks below `first` are never known, and their descriptors
 * need not be backed.
 */
void pagedb_begin(struct pagedb *db, unsigned long first);

/* Bytes from `base` that must be backed to hold `nr_blocks` descriptors. */
size_t pagedb_bytes(unsigned long nr_blocks);

/*
 * Makes blocks [db->nr_blocks, nr_blocks) known, as holes: in use, but neither present nor
 * countable. Their descriptors are backed and may hold anything. pagedb_hole_to_absent says which
 * frame numbers may be populated.
 */
void pagedb_extend(struct pagedb *db, unsigned long nr_blocks);

/*
 * Frames of holes become absent ones, numbers that may be populated by `owner`. May cross blocks. A
 * block has one owner: of another's, all frames are holes before.
 */
void pagedb_hole_to_absent(struct pagedb *db, pfn_t first, unsigned long nr_frames,
			   unsigned int owner);

/* absent → in use. A block of which nothing was present becomes BLOCK_CLEAN. May cross blocks. */
void pagedb_add(struct pagedb *db, pfn_t first, unsigned long nr_frames);

/* in use → absent. May cross blocks. */
void pagedb_remove(struct pagedb *db, pfn_t first, unsigned long nr_frames);

/* in use ↔ free, inside one block. For the allocator; keeps nr_free, not state, list or flags. */
void pagedb_free(struct pagedb *db, pfn_t first, unsigned long nr_frames);
void pagedb_use(struct pagedb *db, pfn_t first, unsigned long nr_frames);

/*
 * The one place where a block's state changes. Asserts that it is `from`. Context: interrupts off,
 * if one of the states is BLOCK_WHOLE or BLOCK_PARTIAL.
 */
void pagedb_set_state(struct pagedb *db, unsigned long block, enum block_state from,
		      enum block_state to);

/* NULL for a block that is not backed. */
static inline struct block *pagedb_block(const struct pagedb *db, unsigned long block)
{
	return block >= db->first_block && block < db->nr_blocks ? &db->block[block] : NULL;
}

/* Are these blocks, which are known, all free? */
static inline bool pagedb_are_whole(const struct pagedb *db, unsigned long block, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++) {
		if (db->block[block + i].state != BLOCK_WHOLE)
			return false;
	}
	return true;
}

/* Return: the frames that are present, of all owners. Context: any. */
unsigned long pagedb_nr_present(const struct pagedb *db);

/* Any frame number. A hole is not told from a frame in use: it answers as present, and not free. */
bool pagedb_is_present(const struct pagedb *db, pfn_t pfn);
bool pagedb_is_free(const struct pagedb *db, pfn_t pfn);

/*
 * Finds the lowest block at or after `from` that is partly absent, or wholly absent. O(log n).
 * Return: false: there is none. Context: threads.
 */
bool pagedb_find_partly(const struct pagedb *db, unsigned long from, unsigned long *block);
bool pagedb_find_absent(const struct pagedb *db, unsigned long from, unsigned long *block);

/*
 * Finds 2^order whole blocks, aligned to as many: the lowest at or after `from`, or the highest
 * that end at or before `to`. O(log n). Return: false: there are none. Context: any.
 */
bool pagedb_find_whole(const struct pagedb *db, unsigned int order, unsigned long from,
		       unsigned long *block);
bool pagedb_find_last_whole(const struct pagedb *db, unsigned int order, unsigned long to,
			    unsigned long *block);

/*
 * Finds the lowest block at or after `from` that is PARTIAL. O(log n). Return: false: there is
 * none. Context: any.
 */
bool pagedb_find_partial(const struct pagedb *db, unsigned long from, unsigned long *block);

/* Counts everything anew and compares with the counters; a text of what is wrong, or NULL. */
const char *pagedb_check(const struct pagedb *db);

#endif
