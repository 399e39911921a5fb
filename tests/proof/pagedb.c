// SPDX-License-Identifier: MIT
/* mm/pagedb.c: from any valid database each change leads to a valid one, frame by frame as said. */
#include "blocks.h"
#include "lib/bits.c"
#include "mm/pagedb.c"

/* Any range of the database all of whose frames are in this state. */
static void any_range_of(enum frame_state state, pfn_t *first, unsigned long *n)
{
	*first = PFN(any_below(NR_FRAMES));
	*n = any_below(NR_FRAMES - first->v + 1);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		for (unsigned int w = 0; w < BLOCK_WORDS; w++) {
			unsigned long base = i * BLOCK_FRAMES + w * 64UL;
			unsigned long from = MAX(first->v, base),
				      to = MIN(first->v + *n, base + 64);
			uint64_t mask = to > from ? bits_mask((unsigned int)(from - base),
							      (unsigned int)(to - from))
						  : 0;

			assume(!mask ||
			       (((blocks[i].free[w] & mask) == (state == FRAME_FREE ? mask : 0)) &&
				((blocks[i].absent[w] & mask) ==
				 (state == FRAME_ABSENT ? mask : 0))));
		}
	}
}

static void prove_database(unsigned long present)
{
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		prove(counts_are_right(&blocks[i]), "a block's state is what its counts say");
	prove(db.nr_present == old_db.nr_present + present, "nr_present follows the frames");
	prove(db.nr_present == count_present(), "and is the sum of the blocks'");
	prove(db.nr_partly == count_partly(), "the partly absent blocks are counted");
	prove(hints_are_right(), "no hint leaves a block behind");
	prove(db.nr_blocks == old_db.nr_blocks && db.block == blocks, "the database is the same");
}

void proof_add(void)
{
	pfn_t first;
	unsigned long n;

	any_database();
	any_range_of(FRAME_ABSENT, &first, &n);
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		assume(part_of(i, first, n) <= blocks[i].nr_absent);
	/* Weights: a range that is not all of a field leaves some of it. */
	for (unsigned int i = 0; i < NR_BLOCKS; i++)
		assume(part_of(i, first, n) < BLOCK_FRAMES || blocks[i].nr_absent == BLOCK_FRAMES);
	pagedb_add(&db, first, n);
	prove_frames(first, n, FRAME_ABSENT, FRAME_IN_USE);
	prove_blocks(first, n, 0, -1, 0);
	prove_database(n);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) {
		bool came = old_blocks[i].nr_absent + old_blocks[i].nr_holes == BLOCK_FRAMES;

		prove((blocks[i].flags & BLOCK_CLEAN) ==
			      ((came && part_of(i, first, n)) ? BLOCK_CLEAN
							      : old_blocks[i].flags & BLOCK_CLEAN),
		      "clean is a block of which nothing was there");
	}
}

void proof_remove(void)
{
	pfn_t first;
	unsigned long n;

	any_database();
	any_range_of(FRAME_IN_USE, &first, &n);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) /* the range is in use, and holds no hole */
		assume(0UL + blocks[i].nr_free + blocks[i].nr_absent + blocks[i].nr_holes +
			       part_of(i, first, n) <=
		       BLOCK_FRAMES);
	pagedb_remove(&db, first, n);
	prove_frames(first, n, FRAME_IN_USE, FRAME_ABSENT);
	prove_blocks(first, n, 0, 1, 0);
	prove_database(-n);
}

void proof_hole(void)
{
	pfn_t first;
	unsigned long n;

	any_database();
	any_range_of(FRAME_IN_USE, &first, &n);
	for (unsigned int i = 0; i < NR_BLOCKS; i++) /* the range is one of holes */
		assume(part_of(i, first, n) <= blocks[i].nr_holes);
	pagedb_hole_to_absent(&db, first, n);
	prove_frames(first, n, FRAME_IN_USE, FRAME_ABSENT);
	prove_blocks(first, n, 0, 1, -1);
	prove_database(0);
}

/* The allocator's: they keep nr_free and free_words, and leave the state to it. */
void proof_free(void)
{
	pfn_t first;
	unsigned long n;

	any_database();
	any_range_of(FRAME_IN_USE, &first, &n);
	assume(part_of(pfn_block(first), first, n) == n);
	assume(blocks[pfn_block(first)].nr_free + n <= BLOCK_FRAMES);
	pagedb_free(&db, first, n);
	prove_frames(first, n, FRAME_IN_USE, FRAME_FREE);
	prove_blocks(first, n, 1, 0, 0);
}

void proof_use(void)
{
	pfn_t first;
	unsigned long n;

	any_database();
	any_range_of(FRAME_FREE, &first, &n);
	assume(part_of(pfn_block(first), first, n) == n);
	assume(n <= blocks[pfn_block(first)].nr_free);
	pagedb_use(&db, first, n);
	prove_frames(first, n, FRAME_FREE, FRAME_IN_USE);
	prove_blocks(first, n, -1, 0, 0);
}

/* New descriptors may hold anything. */
void proof_extend(void)
{
	unsigned long before = any_below(NR_BLOCKS + 1), after = any_below(NR_BLOCKS + 1);
	unsigned long block = any_below(NR_BLOCKS), frame;

	any_database();
	assume(before <= after);
	db.nr_blocks = before;
	if (block >= before) {
		struct block garbage;

		blocks[block] = garbage;
	}
	frame = block * BLOCK_FRAMES + any_below(BLOCK_FRAMES);
	pagedb_extend(&db, after);
	prove(db.nr_blocks == after, "so many blocks are known");
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
	prove(db.nr_present == old_db.nr_present && db.nr_partly == old_db.nr_partly,
	      "holes are in no count");
}

void proof_find(void)
{
	unsigned long block, other = any_below(NR_BLOCKS);

	any_database();
	if (pagedb_find_partly(&db, &block))
		prove(block < NR_BLOCKS && is_partly_absent(&blocks[block]) &&
			      !(other < block && is_partly_absent(&blocks[other])),
		      "the lowest partly absent block");
	else
		prove(!is_partly_absent(&blocks[other]), "there is no partly absent block");
	if (pagedb_find_absent(&db, &block))
		prove(block < NR_BLOCKS && blocks[block].state == BLOCK_ABSENT &&
			      !(other < block && blocks[other].state == BLOCK_ABSENT),
		      "the lowest absent block");
	else
		prove(blocks[other].state != BLOCK_ABSENT, "there is no absent block");
	prove(hints_are_right(), "no hint leaves a block behind");
}

/* Any number at all. */
void proof_query(void)
{
	pfn_t pfn = PFN(nondet_ulong());
	bool known = pfn.v < NR_FRAMES;

	any_database();
	prove(pagedb_is_free(&db, pfn) == (known && state_of(blocks, pfn.v) == FRAME_FREE),
	      "free is what its bit says");
	prove(pagedb_is_present(&db, pfn) == (known && state_of(blocks, pfn.v) != FRAME_ABSENT),
	      "present is what is known and not absent");
}
