/* SPDX-License-Identifier: MIT */
/*
 * Page tables. A port never allocates: frames for tables come in a stash. Changes are queued and
 * take effect together in mmu_commit(), which on Xen PV is one hypercall: a transaction that
 * happens whole or is undone whole.
 *
 *   mmu_prepare   makes the upper tables of a range; the only step that needs frames for them,
 *                 so it runs before the host is asked for memory
 *   mmu_map...    queues entries of existing tables
 *   mmu_commit    applies them
 *
 * Context: thread, interrupts on or off; never sleeps. One user at a time (mm/).
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#include <lib/addr.h>
#include <lib/bug.h>

/* No value is both writable and executable. */
enum mmu_prot { MMU_RO, MMU_RW, MMU_RX };

/* The last level of a prepared range. */
enum mmu_leaf {
	MMU_PAGES,  /* single pages */
	MMU_BLOCKS, /* whole blocks, each by mmu_map_block */
};

/* Frames in use, owned by the holder of the stash, last in, first out. In the direct map. */
struct frame_stash {
	pfn_t *frame;
	unsigned int nr;  /* held now */
	unsigned int max; /* room */
};

/* Add a frame. The caller ensures room, as the frame would be leaked otherwise. */
static inline void stash_push(struct frame_stash *stash, pfn_t pfn)
{
	assert(stash->nr < stash->max);
	stash->frame[stash->nr++] = pfn;
}

/* Take the last frame. Return: PFN_NONE if the stash is empty. */
static inline pfn_t stash_pop(struct frame_stash *stash)
{
	return stash->nr ? stash->frame[--stash->nr] : PFN_NONE;
}

/* Capacity of the queue between two commits: a block takes two entries, a page one. */
#define MMU_QUEUE_MAX 800U

/* Count the table frames that mmu_prepare would take for this range now. */
unsigned int mmu_tables_needed(const void *va, size_t nr_pages, enum mmu_leaf leaf);

/*
 * Make the upper tables of a range. They stay. Commits at once; the queue must be empty.
 * Return: -ENOMEM if the stash holds too few frames (none is taken); -EIO, with one message, if the
 * hypervisor refused; -EBUSY if a frame of the stash is leaked by that, too.
 */
int mmu_prepare(void *va, size_t nr_pages, enum mmu_leaf leaf,
		struct frame_stash *tables) __must_check;

/* Queue one page at `va`, which is prepared for pages and not mapped. */
void mmu_map(void *va, pfn_t pfn, enum mmu_prot prot);

/*
 * Queue one page of a machine frame that is not the guest's RAM: a device's registers, on x86 a
 * shared page, too. `va` is prepared for pages and not mapped. Not cached on arm64.
 */
void mmu_map_machine(void *va, mfn_t mfn, enum mmu_prot prot);

/* Queue the removal of the page at `va`. */
void mmu_unmap(void *va);

/* Queue another protection for the page at `va`. */
void mmu_protect(void *va, enum mmu_prot prot);

/*
 * Queue a whole block of the direct map. Its range is prepared for blocks, and nothing of it
 * mapped. Frames whose bit is set in `absent` (512 bits) stay unmapped. Takes mmu_block_tables()
 * frames of `tables`.
 */
void mmu_map_block(pfn_t first, const uint64_t *absent, struct frame_stash *tables);

/* Return the table frames of a block, 0 or 1. `whole`: no frame of the block is absent. */
unsigned int mmu_block_tables(bool whole);

/*
 * Queue the removal of a whole block of the direct map, however much of it is mapped. mmu_commit()
 * puts the frame of its table, if there is one, into its stash.
 */
void mmu_unmap_block(pfn_t first);

/*
 * Map a block of the direct map without a table, where the port can, once every frame of it is
 * mapped. The table's frame goes into `tables`, which has room. Commits at once; the queue must be
 * empty. Does nothing if pages of the block are mapped differently.
 */
void mmu_join_block(pfn_t first, struct frame_stash *tables);

/* Test whether the direct map has an entry for the block, even a table that maps nothing. */
bool mmu_block_is_mapped(pfn_t first);

/*
 * Apply the queue, flush the TLB as needed, and empty the queue. `tables` may be NULL if no block
 * was queued; it has room for the tables that are removed (asserted). Return: -EIO if refused: all
 * is undone, and block tables are back in `tables`. -EBUSY if the rollback was refused, too: any of
 * the changes may hold. Then frames that were to be mapped, and tables, must never be used again.
 */
int mmu_commit(struct frame_stash *tables) __must_check;

/* Find the frame mapped at `va`, for tests and fault reports. Return: false without guest RAM. */
bool mmu_query(const void *va, pfn_t *pfn, enum mmu_prot *prot);

#endif
