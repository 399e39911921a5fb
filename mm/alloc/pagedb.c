/* SPDX-License-Identifier: MIT */
/* The page database: which frames are absent, in use or free, and the counts of them. */
#include <arch/cpu.h>
#include <lib/bits.h>
#include <lib/bug.h>
#include <lib/string.h>
#include <mm/pagedb.h>

#include "block_tree.h"

void pagedb_init(struct pagedb *db, struct block *base, unsigned long max_blocks)
{
	*db = (struct pagedb){.block = base, .max_blocks = max_blocks};
}

void pagedb_begin(struct pagedb *db, unsigned long first)
{
	assert(db->nr_blocks == 0 && first <= db->max_blocks);
	db->first_block = first;
	db->nr_blocks = first;
}

size_t pagedb_bytes(unsigned long nr_blocks)
{
	return nr_blocks * sizeof(struct block);
}

/* A descriptor may hold anything before this, and is a block of holes after it. */
static void block_init(struct block *b)
{
	memset(b, 0, sizeof(*b));
	b->next = BLOCK_LINK_NONE;
	b->prev = BLOCK_LINK_NONE;
	b->nr_holes = BLOCK_FRAMES;
	b->state = BLOCK_FULL;
}

void pagedb_extend(struct pagedb *db, unsigned long nr_blocks)
{
	assert(nr_blocks >= db->nr_blocks && nr_blocks <= db->max_blocks);
	for (unsigned long i = db->nr_blocks; i < nr_blocks; i++) {
		unsigned long flags;

		block_init(&db->block[i]);
		flags = irq_save();
		db->nr_blocks = i + 1;
		block_tree_update(db, i);
		irq_restore(flags);
	}
}

void pagedb_set_state(struct pagedb *db, unsigned long block, enum block_state from,
		      enum block_state to)
{
	assert(block < db->nr_blocks && db->block[block].state == from);
	db->block[block].state = (uint8_t)to;
	if (from != BLOCK_ABSENT && to != BLOCK_ABSENT)
		block_tree_update(db, block);
}

static bool is_partly(unsigned int nr_absent)
{
	return nr_absent > 0 && nr_absent < BLOCK_FRAMES;
}

/* The weight of the absent field becomes `nr_absent`, and all that follows from it. */
static void set_nr_absent(struct pagedb *db, unsigned long block, unsigned int nr_absent)
{
	struct block *b = &db->block[block];
	unsigned int old = b->nr_absent;
	unsigned long flags;

	b->nr_absent = (uint16_t)nr_absent;
	db->nr_partly += is_partly(nr_absent);
	db->nr_partly -= is_partly(old);
	if (old == BLOCK_FRAMES)
		pagedb_set_state(db, block, BLOCK_ABSENT, BLOCK_FULL);
	if (nr_absent == BLOCK_FRAMES)
		pagedb_set_state(db, block, BLOCK_FULL, BLOCK_ABSENT);
	flags = irq_save();
	block_tree_update(db, block);
	irq_restore(flags);
}

/* How many of `nr_frames` from `first` lie in the block of `first`, which is backed. */
static unsigned int part_in_block(const struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	assert(pfn_block(first) < db->nr_blocks);
	return (unsigned int)MIN(nr_frames, BLOCK_FRAMES - pfn_offset(first));
}

/* For each block of a range: its first `n` frames, which begin at `first`, lie in that block. */
#define for_each_block(db, first, nr_frames, n)                                           \
	for (unsigned int n; nr_frames && (n = part_in_block(db, first, nr_frames)) != 0; \
	     first = pfn_add(first, n), nr_frames -= n)

static void hole_to_absent_in_block(struct pagedb *db, pfn_t first, unsigned int n,
				    unsigned int owner)
{
	struct block *b = &db->block[pfn_block(first)];

	assert(block_owner(b) == owner || (!block_owner(b) && b->nr_holes == BLOCK_FRAMES));
	assert(b->nr_holes >= n && bitmap_none_set(b->free, pfn_offset(first), n));
	assert(bitmap_none_set(b->absent, pfn_offset(first), n));
	bitmap_set_range(b->absent, pfn_offset(first), n);
	b->nr_holes = (b->nr_holes - n);
	b->flags |= owner << BLOCK_OWNER_SHIFT;
	set_nr_absent(db, pfn_block(first), b->nr_absent + n);
}

void pagedb_hole_to_absent(struct pagedb *db, pfn_t first, unsigned long nr_frames,
			   unsigned int owner)
{
	for_each_block (db, first, nr_frames, n)
		hole_to_absent_in_block(db, first, n, owner);
}

static void add_in_block(struct pagedb *db, pfn_t first, unsigned int n)
{
	struct block *b = &db->block[pfn_block(first)];

	assert(bitmap_all_set(b->absent, pfn_offset(first), n));
	if (b->nr_absent + b->nr_holes == BLOCK_FRAMES)
		b->flags |= BLOCK_CLEAN;
	bitmap_clear_range(b->absent, pfn_offset(first), n);
	set_nr_absent(db, pfn_block(first), b->nr_absent - n);
	db->nr_present[block_owner(b)] += n;
}

void pagedb_add(struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	for_each_block (db, first, nr_frames, n)
		add_in_block(db, first, n);
}

static void remove_in_block(struct pagedb *db, pfn_t first, unsigned int n)
{
	struct block *b = &db->block[pfn_block(first)];

	assert(b->nr_free + b->nr_absent + b->nr_holes + n <= BLOCK_FRAMES);
	assert(bitmap_none_set(b->free, pfn_offset(first), n));
	assert(bitmap_none_set(b->absent, pfn_offset(first), n));
	bitmap_set_range(b->absent, pfn_offset(first), n);
	set_nr_absent(db, pfn_block(first), b->nr_absent + n);
	db->nr_present[block_owner(b)] -= n;
}

void pagedb_remove(struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	for_each_block (db, first, nr_frames, n)
		remove_in_block(db, first, n);
}

void pagedb_free(struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	unsigned int at = pfn_offset(first), end = at + (unsigned int)nr_frames;
	struct block *b = &db->block[pfn_block(first)];

	assert(part_in_block(db, first, nr_frames) == nr_frames);
	for (unsigned int n; at < end; at += n) {
		unsigned int w = at / BITS_WORD;
		uint64_t mask;

		n = MIN(end - at, BITS_WORD - at % BITS_WORD);
		mask = bits_mask(at % BITS_WORD, n);
		assert(!((b->free[w] | b->absent[w]) & mask));
		b->free[w] |= mask;
		b->free_words |= (1U << w);
	}
	b->nr_free = (b->nr_free + nr_frames);
}

void pagedb_use(struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	unsigned int at = pfn_offset(first), end = at + (unsigned int)nr_frames;
	struct block *b = &db->block[pfn_block(first)];

	assert(part_in_block(db, first, nr_frames) == nr_frames);
	for (unsigned int n; at < end; at += n) {
		unsigned int w = at / BITS_WORD;
		uint64_t mask;

		n = MIN(end - at, BITS_WORD - at % BITS_WORD);
		mask = bits_mask(at % BITS_WORD, n);
		assert((b->free[w] & mask) == mask);
		b->free[w] &= ~mask;
		if (!b->free[w])
			b->free_words &= ~(1U << w);
	}
	b->nr_free = (b->nr_free - nr_frames);
}

unsigned long pagedb_nr_present(const struct pagedb *db)
{
	unsigned long nr = 0;

	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		nr += db->nr_present[owner];
	return nr;
}

bool pagedb_is_present(const struct pagedb *db, pfn_t pfn)
{
	const struct block *b = pagedb_block(db, pfn_block(pfn));

	return b && !bitmap_test(b->absent, pfn_offset(pfn));
}

bool pagedb_is_free(const struct pagedb *db, pfn_t pfn)
{
	const struct block *b = pagedb_block(db, pfn_block(pfn));

	return b && bitmap_test(b->free, pfn_offset(pfn));
}

bool pagedb_find_partly(const struct pagedb *db, unsigned long from, unsigned long *block)
{
	return block_tree_find(db, TREE_PARTLY, TREE_PARTLY, 0, from, block);
}

bool pagedb_find_absent(const struct pagedb *db, unsigned long from, unsigned long *block)
{
	return block_tree_find(db, TREE_ABSENT, TREE_ABSENT, 0, from, block);
}

/* Of what the allocator changes, in any context. */
static inline bool find_held_off(typeof(block_tree_find) *find, const struct pagedb *db,
				 unsigned int field, unsigned int least, unsigned int order,
				 unsigned long at, unsigned long *block)
{
	unsigned long flags = irq_save();
	bool found = find(db, field, least, order, at, block);

	irq_restore(flags);
	return found;
}

bool pagedb_find_whole(const struct pagedb *db, unsigned int order, unsigned long from,
		       unsigned long *block)
{
	return find_held_off(block_tree_find, db, TREE_WHOLE, order + 1, order, from, block);
}

bool pagedb_find_partial(const struct pagedb *db, unsigned long from, unsigned long *block)
{
	return find_held_off(block_tree_find, db, TREE_PARTIAL, TREE_PARTIAL, 0, from, block);
}

bool pagedb_find_last_whole(const struct pagedb *db, unsigned int order, unsigned long to,
			    unsigned long *block)
{
	return find_held_off(block_tree_find_last, db, TREE_WHOLE, order + 1, order, to, block);
}
