/* SPDX-License-Identifier: MIT */
/* mm/alloc/pagedb.c: from any valid database each change leads to a valid one, frame by frame as
 * said. */
#include "mm/alloc/block_tree.c"
#include "ranges.h"

#define pfn_block(pfn)	       block_here(pfn)
#define pfn_add(pfn, nr_after) next_block(pfn, nr_after)
#include "mm/alloc/pagedb.c"
#undef pfn_block
#undef pfn_add

bool linux_irqs_off, linux_irq_pending;

void linux_irq_deliver(void)
{
	prove(false, "no interrupt comes");
}

/* Any range that begins in block `from` and whose frames are all in this state. */
static void any_range_of(enum frame_state state, unsigned long from)
{
	here = from;
	first = PFN(from * BLOCK_FRAMES + any_below(BLOCK_FRAMES));
	nr = any_below(NR_FRAMES + 1);
	assume(first.v + nr <= NR_FRAMES);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		part[i] = part_of(i, first, nr);
		for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
			uint64_t mask = run_mask(i * BLOCK_WORDS + w, (unsigned int)first.v,
						 (unsigned int)nr);

			part_mask[i][w] = mask;
			assume((blocks[i].free[w] & mask) == (state == FRAME_FREE ? mask : 0));
			assume((blocks[i].absent[w] & mask) == (state == FRAME_ABSENT ? mask : 0));
		}
	}
}

/* The bits of one state in a word of a field, after the frames of a mask have come or gone. */
static uint64_t changed(uint64_t word, uint64_t mask, int change)
{
	if (!change)
		return word;
	return change > 0 ? word | mask : word & ~mask;
}

/* Just the frames of the range came to a state (1) or left it (-1), and counters say as much. */
static void prove_changed(int free, int absent, int holes)
{
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		const struct block *b = &blocks[i], *old = &old_blocks[i];
		int n = (int)part[i];

		for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
			uint64_t mask = part_mask[i][w];

			prove(b->free[w] == changed(old->free[w], mask, free), "what is free");
			prove(b->absent[w] == changed(old->absent[w], mask, absent),
			      "what is absent");
			prove(!(b->free[w] & b->absent[w]), "a frame is in one state");
		}
		prove(words_are_right(b), "free_words says which words hold a free frame");
		prove(b->nr_free == old->nr_free + free * n, "nr_free follows its field");
		prove(b->nr_absent == old->nr_absent + absent * n, "nr_absent follows its");
		prove(b->nr_holes == old->nr_holes + holes * n, "nr_holes follows the range");
		prove(b->heap_chunks == old->heap_chunks, "the heap's frames are its own matter");
	}
}

/* How many frames of the range are an owner's. */
static unsigned long part_of_owner(unsigned int owner)
{
	unsigned long n = 0;

	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		n += block_owner(&blocks[i]) == owner ? part[i] : 0;
	return n;
}

/* `change`: whether the range came (1), left (-1), or is in no count of what is present (0). */
static void prove_database(int change)
{
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++) {
		unsigned long n = part_of_owner(owner);

		prove(db.nr_present[owner] + (change < 0 ? n : 0) ==
			      old_db.nr_present[owner] + (change > 0 ? n : 0),
		      "nr_present follows the frames of an owner");
	}
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		prove(counts_are_right(&blocks[i]), "a block's state is what its counts say");
	prove(db.nr_partly == count_partly(), "the partly absent blocks are counted");
	prove(tree_is_right(), "the tree is what lies under it");
	prove(!linux_irqs_off, "interrupts are let in again");
	prove(db.nr_blocks == old_db.nr_blocks && db.block == blocks, "the database is the same");
}

static void prove_owners_stay(void)
{
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		prove(block_owner(&blocks[i]) == block_owner(&old_blocks[i]),
		      "a block stays its owner's");
}

static void add_from(unsigned long block)
{
	any_database();
	any_range_of(FRAME_ABSENT, block);
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		assume(part[i] <= blocks[i].nr_absent);
	/* Weights: a range that is not all of a field leaves some of it. */
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		assume(part[i] < BLOCK_FRAMES || blocks[i].nr_absent == BLOCK_FRAMES);
	pagedb_add(&db, first, nr);
	prove_changed(0, -1, 0);
	prove_database(1);
	prove_owners_stay();
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		bool came = old_blocks[i].nr_absent + old_blocks[i].nr_holes == BLOCK_FRAMES;

		prove((blocks[i].flags & BLOCK_CLEAN) ==
			      ((came && part[i]) ? BLOCK_CLEAN : old_blocks[i].flags & BLOCK_CLEAN),
		      "clean is a block of which nothing was there");
	}
}

void proof_add(void)
{
	if (nondet_bool())
		add_from(0);
	else
		add_from(1);
}

static void remove_from(unsigned long block)
{
	any_database();
	any_range_of(FRAME_IN_USE, block);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) /* the range is in use, and holds no hole */
		assume(0UL + blocks[i].nr_free + blocks[i].nr_absent + blocks[i].nr_holes +
			       part[i] <=
		       BLOCK_FRAMES);
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		assume(part_of_owner(owner) <= db.nr_present[owner]);
	pagedb_remove(&db, first, nr);
	prove_changed(0, 1, 0);
	prove_database(-1);
	prove_owners_stay();
}

void proof_remove(void)
{
	if (nondet_bool())
		remove_from(0);
	else
		remove_from(1);
}

static void hole_from(unsigned long block)
{
	unsigned int owner = (unsigned int)any_below(OWNERS_MAX);

	any_database();
	any_range_of(FRAME_IN_USE, block);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) { /* the range is one of holes */
		assume(part[i] <= blocks[i].nr_holes);
		assume(!part[i] || block_owner(&blocks[i]) == owner ||
		       (!block_owner(&blocks[i]) && blocks[i].nr_holes == BLOCK_FRAMES));
	}
	pagedb_hole_to_absent(&db, first, nr, owner);
	prove_changed(0, 1, -1);
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		prove(block_owner(&blocks[i]) == (part[i] ? owner : block_owner(&old_blocks[i])),
		      "the blocks of the range are the owner's");
	prove_database(0);
}

void proof_hole(void)
{
	if (nondet_bool())
		hole_from(0);
	else
		hole_from(1);
}

/* The allocator's: they keep nr_free and free_words, and leave the state to it. */
static void free_from(unsigned long block)
{
	any_database();
	any_range_of(FRAME_IN_USE, block);
	assume(part[block] == nr);
	assume(blocks[block].nr_free + nr <= BLOCK_FRAMES);
	pagedb_free(&db, first, nr);
	prove_changed(1, 0, 0);
}

void proof_free(void)
{
	if (nondet_bool())
		free_from(0);
	else
		free_from(1);
}

static void use_from(unsigned long block)
{
	any_database();
	any_range_of(FRAME_FREE, block);
	assume(part[block] == nr);
	assume(nr <= blocks[block].nr_free);
	pagedb_use(&db, first, nr);
	prove_changed(-1, 0, 0);
}

void proof_use(void)
{
	if (nondet_bool())
		use_from(0);
	else
		use_from(1);
}

/* New descriptors may hold anything. */
void proof_extend(void)
{
	unsigned long before = any_below(NR_BLOCKS + 1), after = any_below(NR_BLOCKS + 1);
	unsigned long block = any_below(NR_BLOCKS), frame;

	any_database();
	assume(before <= after);
	db.nr_blocks = before;
	if (before == 1)
		blocks[0].tree = 0;
	if (block >= before) {
		struct block garbage;

		blocks[block] = garbage;
	}
	frame = block * BLOCK_FRAMES + any_below(BLOCK_FRAMES);
	pagedb_extend(&db, after);
	prove(db.nr_blocks == after, "so many blocks are known");
	if (before < after && after == NR_BLOCKS)
		prove(tree_is_right(), "the tree grows with them");
	if (block >= before && block < after) {
		prove(state_of(blocks, frame) == FRAME_IN_USE, "a hole looks like a frame in use");
		prove(counts_are_right(&blocks[block]) && blocks[block].nr_holes == BLOCK_FRAMES &&
			      words_are_right(&blocks[block]) && blocks[block].nr_absent == 0,
		      "a new block is all holes");
		prove(blocks[block].heap_chunks == 0 && blocks[block].flags == 0, "and no more");
	}
	if (block < before)
		prove(state_of(blocks, frame) == state_of(old_blocks, frame),
		      "no frame that was known changes");
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++)
		prove(db.nr_present[owner] == old_db.nr_present[owner], "holes are not present");
	prove(db.nr_partly == old_db.nr_partly, "nor absent");
}

/* The lowest at or after `from`, by what any other block is. */
static void prove_lowest(bool found, unsigned long block, unsigned long from, bool is,
			 bool other_is, unsigned long other)
{
	prove(!found || (is && block >= from), "what is found is such a block");
	prove(!other_is || other < from || (found && block <= other), "and the lowest");
}

void proof_find(void)
{
	unsigned long block = 0, other = any_below(NR_BLOCKS), from = any_below(NR_BLOCKS + 2);
	bool found;

	any_database();
	found = pagedb_find_partly(&db, from, &block);
	prove(block < NR_BLOCKS, "a block that is known");
	prove_lowest(found, block, from, is_partly_absent(&blocks[block]),
		     is_partly_absent(&blocks[other]), other);
	found = pagedb_find_absent(&db, from, &block);
	prove(block < NR_BLOCKS, "a block that is known");
	prove_lowest(found, block, from, blocks[block].state == BLOCK_ABSENT,
		     blocks[other].state == BLOCK_ABSENT, other);
	found = pagedb_find_partial(&db, from, &block);
	prove(block < NR_BLOCKS, "a block that is known");
	prove_lowest(found, block, from, blocks[block].state == BLOCK_PARTIAL,
		     blocks[other].state == BLOCK_PARTIAL, other);
	found = pagedb_find_whole(&db, 0, from, &block);
	prove(block < NR_BLOCKS, "a block that is known");
	prove_lowest(found, block, from, blocks[block].state == BLOCK_WHOLE,
		     blocks[other].state == BLOCK_WHOLE, other);
	found = pagedb_find_whole(&db, 1, 0, &block);
	prove(found == (blocks[0].state == BLOCK_WHOLE && blocks[1].state == BLOCK_WHOLE),
	      "a pair is two that are whole");
}

/* Any number at all, wherever memory begins. */
void proof_query(void)
{
	pfn_t pfn = PFN(nondet_ulong());
	bool known;

	any_database();
	db.first_block = any_below(NR_BLOCKS + 1);
	known = pfn.v >= db.first_block * BLOCK_FRAMES && pfn.v < NR_FRAMES;
	prove(pagedb_is_free(&db, pfn) == (known && state_of(blocks, pfn.v) == FRAME_FREE),
	      "free is what its bit says");
	prove(pagedb_is_present(&db, pfn) == (known && state_of(blocks, pfn.v) != FRAME_ABSENT),
	      "present is what is known and not absent");
}
