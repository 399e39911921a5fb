/* SPDX-License-Identifier: MIT */
/*
 * Page tables. A port never allocates: frames for tables are handed to it in a stash. Changes are
 * queued and take effect together in mmu_commit(), which on Xen PV is one hypercall: a transaction
 * that happens whole or is undone whole.
 *
 *   mmu_prepare   makes the upper tables of a range; the only step that needs frames for them,
 *                 so it runs before memory is asked of the host
 *   mmu_map...    queues entries of tables that are there
 *   mmu_commit    makes them true
 *
 * Threads only, interrupts on or off; never sleeps. One user at a time (mm/).
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <lib/addr.h>
#include <lib/bug.h>

/* Never writable and executable at once: there is no such word. */
enum mmu_prot { MMU_RO, MMU_RW, MMU_RX };

/* What the last level of a prepared range will be. */
enum mmu_leaf {
	MMU_PAGES,  /* single pages */
	MMU_BLOCKS, /* whole blocks, each by mmu_map_block */
};

/* Frames in use (owned by whoever holds the stash), last in, first out. Mapped in the direct map.
 */
struct frame_stash {
	pfn_t *frame;
	unsigned int nr;  /* held now */
	unsigned int max; /* room */
};

/* There is room: a frame that has no place would be lost. */
static inline void stash_push(struct frame_stash *stash, pfn_t pfn)
{
	assert(stash->nr < stash->max);
	stash->frame[stash->nr++] = pfn;
}

/* PFN_NONE when empty. */
static inline pfn_t stash_pop(struct frame_stash *stash)
{
	return stash->nr ? stash->frame[--stash->nr] : PFN_NONE;
}

/* Entries that fit into the queue between two commits: a block takes two, a page one. */
#define MMU_QUEUE_MAX 800U

/* Table frames mmu_prepare would take for this range now; 0 when all are there. */
unsigned int mmu_tables_needed(const void *va, size_t nr_pages, enum mmu_leaf leaf);

/*
 * Makes the upper tables. -ENOMEM: the stash holds too few (nothing taken); -EIO: the hypervisor
 * refused, one line said; -EBUSY: and a frame of the stash is lost to that. Tables once made stay.
 * Commits at once; the queue must be empty.
 */
int mmu_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf,
		struct frame_stash *tables) __must_check;

/* Queues one page at `va`, which is prepared for pages and not mapped. */
void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot);

/*
 * The same for a frame of the machine that is no RAM of ours: a device's registers, on x86 a shared
 * page, too. Arm does not cache it.
 */
void mmu_map_machine(void *va, mfn_t mfn, enum mmu_prot prot);

/* Queues removal of the page at `va`. */
void mmu_unmap(void *va);

/* Queues another protection for the page at `va`. */
void mmu_protect(void *va, enum mmu_prot prot);

/*
 * Queues a whole block of the direct map: its range is prepared for blocks, nothing of it mapped.
 * Frames whose bit is set in `absent` (512 bits) stay unmapped. Takes one frame of `tables` where
 * the port maps such a block by a table: mmu_block_tables() says how many, 0 or 1, at most;
 * `whole`: of a block of which nothing is absent.
 */
void mmu_map_block(pfn_t first, const uint64_t *absent, struct frame_stash *tables);
unsigned int mmu_block_tables(bool whole);

/*
 * Queues removal of a whole block of the direct map, whatever of it is mapped. The frame of its
 * table, where the port has one, is in the stash of the commit that makes it true.
 */
void mmu_unmap_block(pfn_t first);

/*
 * Maps a block of the direct map, of which every frame is mapped, without a table where the port
 * can; the table's frame is in `tables`, which has room for it. Commits at once; the queue must be
 * empty. Does nothing where pages of the block are mapped differently.
 */
void mmu_join_block(pfn_t first, struct frame_stash *tables);

/* Is the block's part of the direct map there, be it of a table that maps nothing? */
bool mmu_block_is_mapped(pfn_t first);

/*
 * Makes the queue true and empties it, flushing what must be flushed. -EIO: refused; all that was
 * queued is undone, block tables are back in `tables` (may be NULL if no block was queued). The
 * stash has room for the tables that are removed: asserted.
 * -EBUSY: refused, and so was undoing it: any of it may hold. Frames that were to be mapped, and
 * tables, must never be used for anything else.
 */
int mmu_commit(struct frame_stash *tables) __must_check;

/* What is mapped at `va`, for tests and fault reports: false if nothing, or no RAM of ours. */
bool mmu_query(const void *va, pfn_t *pfn, enum mmu_prot *prot);

#endif
