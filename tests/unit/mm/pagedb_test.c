/* SPDX-License-Identifier: MIT */
/* The page database: what it promises, and random operations against a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/frames.h"
#include "tests/unit/random.h"

#define OPERATIONS  1500000UL
#define CHECK_EVERY 10000UL

static struct pagedb db;
static struct block blocks[FRAMES_BLOCKS];

/* A database of FRAMES_BLOCKS blocks of holes; their descriptors held rubbish. */
static int start(void **state)
{
	(void)state;
	memset(blocks, 0xa5, sizeof(blocks));
	pagedb_init(&db, blocks, FRAMES_BLOCKS);
	pagedb_extend(&db, FRAMES_BLOCKS);
	frames_start();
	return 0;
}

static void hole_to_absent(pfn_t first, unsigned long nr)
{
	pagedb_hole_to_absent(&db, first, nr, OWNER_BASE);
	frames_change(first, nr, HOLE, ABSENT);
}

static void add(pfn_t first, unsigned long nr)
{
	pagedb_add(&db, first, nr);
	frames_change(first, nr, ABSENT, USED);
}

static void drop(pfn_t first, unsigned long nr)
{
	pagedb_remove(&db, first, nr);
	frames_change(first, nr, USED, ABSENT);
}

/* What the allocator does: after a change of what is free, the block's state is set. */
static void set_state(unsigned long block)
{
	enum block_state to = BLOCK_PARTIAL;

	if (blocks[block].nr_free == 0)
		to = BLOCK_FULL;
	else if (blocks[block].nr_free == BLOCK_FRAMES)
		to = BLOCK_WHOLE;
	pagedb_set_state(&db, block, blocks[block].state, to);
}

static void make_free(pfn_t first, unsigned long nr)
{
	pagedb_free(&db, first, nr);
	set_state(pfn_block(first));
	frames_change(first, nr, USED, FREE);
}

static void make_used(pfn_t first, unsigned long nr)
{
	pagedb_use(&db, first, nr);
	set_state(pfn_block(first));
	frames_change(first, nr, FREE, USED);
}

static void assert_lowest_found(void)
{
	unsigned long block = FRAMES_BLOCKS;

	assert_int_equal(pagedb_find_partly(&db, 0, &block),
			 frames_lowest_absent(true) != FRAMES_BLOCKS);
	assert_int_equal(block, frames_lowest_absent(true));
	block = FRAMES_BLOCKS;
	assert_int_equal(pagedb_find_absent(&db, 0, &block),
			 frames_lowest_absent(false) != FRAMES_BLOCKS);
	assert_int_equal(block, frames_lowest_absent(false));
}

static void what_it_is_extended_by_are_holes(void **state)
{
	unsigned long block;

	(void)state;
	assert_int_equal(db.nr_blocks, FRAMES_BLOCKS);
	assert_int_equal(pagedb_nr_present(&db), 0);
	assert_int_equal(blocks[7].state, BLOCK_FULL);
	assert_false(pagedb_find_partly(&db, 0, &block));
	assert_false(pagedb_find_absent(&db, 0, &block));
	frames_assert_same(&db);
}

static void nothing_is_known_beyond_its_end(void **state)
{
	(void)state;
	assert_null(pagedb_block(&db, FRAMES_BLOCKS));
	assert_ptr_equal(pagedb_block(&db, FRAMES_BLOCKS - 1), &blocks[FRAMES_BLOCKS - 1]);
	assert_false(pagedb_is_present(&db, PFN(FRAMES_MAX)));
	assert_false(pagedb_is_free(&db, PFN(FRAMES_MAX)));
	assert_false(pagedb_is_present(&db, PFN_NONE));
	expect_assert_failure(pagedb_extend(&db, FRAMES_BLOCKS + 1));
	expect_assert_failure(pagedb_extend(&db, FRAMES_BLOCKS - 1));
	expect_assert_failure(pagedb_hole_to_absent(&db, PFN(FRAMES_MAX - 1), 2, OWNER_BASE));
}

static void a_descriptor_costs_at_most_160_bytes(void **state)
{
	(void)state;
	assert_in_range(pagedb_bytes(1), BLOCK_FRAMES / 4, 160);
	assert_in_range(pagedb_bytes(512), 1, 80 * 1024);
}

static void what_was_added_is_present_in_use_and_clean(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), 2 * BLOCK_FRAMES);
	assert_int_equal(blocks[0].state, BLOCK_ABSENT);
	assert_int_equal(pagedb_nr_present(&db), 0);
	add(PFN(0), BLOCK_FRAMES + 1);
	assert_int_equal(pagedb_nr_present(&db), BLOCK_FRAMES + 1);
	assert_int_equal(db.nr_partly, 1);
	assert_int_equal(blocks[0].state, BLOCK_FULL);
	assert_int_equal(blocks[1].state, BLOCK_FULL);
	assert_int_equal(blocks[1].flags, BLOCK_CLEAN);
	assert_int_equal(blocks[1].nr_absent, BLOCK_FRAMES - 1);
	frames_assert_same(&db);
}

static void frames_that_join_used_ones_do_not_make_a_block_clean(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), BLOCK_FRAMES);
	add(PFN(0), 10);
	blocks[0].flags = 0;
	add(PFN(10), BLOCK_FRAMES - 10);
	assert_int_equal(blocks[0].flags, 0);
	drop(PFN(0), BLOCK_FRAMES);
	add(PFN(0), 1);
	assert_int_equal(blocks[0].flags, BLOCK_CLEAN);
}

static void a_block_with_holes_is_clean_when_its_first_frames_come(void **state)
{
	(void)state;
	hole_to_absent(PFN(100), 50);
	assert_int_equal(blocks[0].state, BLOCK_FULL);
	add(PFN(120), 10);
	assert_int_equal(blocks[0].flags, BLOCK_CLEAN);
	assert_int_equal(blocks[0].nr_holes, BLOCK_FRAMES - 50);
	frames_assert_same(&db);
}

static void a_block_is_absent_when_its_last_frame_goes(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), BLOCK_FRAMES);
	add(PFN(0), BLOCK_FRAMES);
	drop(PFN(1), BLOCK_FRAMES - 1);
	assert_int_equal(blocks[0].state, BLOCK_FULL);
	assert_int_equal(db.nr_partly, 1);
	drop(PFN(0), 1);
	assert_int_equal(blocks[0].state, BLOCK_ABSENT);
	assert_int_equal(db.nr_partly, 0);
	assert_int_equal(pagedb_nr_present(&db), 0);
	frames_assert_same(&db);
}

static void present_frames_are_counted_by_owner(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), 2 * BLOCK_FRAMES);
	pagedb_hole_to_absent(&db, block_pfn(2), 2 * BLOCK_FRAMES, 3);
	frames_change(block_pfn(2), 2 * BLOCK_FRAMES, HOLE, ABSENT);
	assert_int_equal(block_owner(&blocks[1]), OWNER_BASE);
	assert_int_equal(block_owner(&blocks[3]), 3);
	add(PFN(0), 4 * BLOCK_FRAMES - 7);
	assert_int_equal(blocks[3].flags & ((1U << BLOCK_OWNER_SHIFT) - 1), BLOCK_CLEAN);
	assert_int_equal(db.nr_present[OWNER_BASE], 2 * BLOCK_FRAMES);
	assert_int_equal(db.nr_present[3], 2 * BLOCK_FRAMES - 7);
	drop(block_pfn(2), BLOCK_FRAMES);
	assert_int_equal(db.nr_present[3], BLOCK_FRAMES - 7);
	assert_int_equal(block_owner(&blocks[2]), 3);
	frames_assert_same(&db);
}

static void a_block_has_one_owner(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), 5);
	expect_assert_failure(pagedb_hole_to_absent(&db, PFN(5), 5, 1));
	pagedb_hole_to_absent(&db, block_pfn(1), 5, 1);
	expect_assert_failure(pagedb_hole_to_absent(&db, pfn_add(block_pfn(1), 5), 5, 2));
	expect_assert_failure(pagedb_hole_to_absent(&db, pfn_add(block_pfn(1), 5), 5, OWNER_BASE));
	pagedb_hole_to_absent(&db, pfn_add(block_pfn(1), 5), 5, 1);
}

static void the_lowest_absent_blocks_are_found(void **state)
{
	(void)state;
	hole_to_absent(PFN(3 * BLOCK_FRAMES), 40 * BLOCK_FRAMES);
	assert_lowest_found();
	add(PFN(3 * BLOCK_FRAMES), 2 * BLOCK_FRAMES + 5);
	assert_lowest_found();
	drop(PFN(4 * BLOCK_FRAMES), BLOCK_FRAMES);
	assert_lowest_found();
	drop(PFN(3 * BLOCK_FRAMES + 9), 1);
	assert_lowest_found();
	add(PFN(3 * BLOCK_FRAMES + 9), 1);
	assert_lowest_found();
	add(PFN(5 * BLOCK_FRAMES + 5), 38 * BLOCK_FRAMES - 5);
	add(PFN(4 * BLOCK_FRAMES), BLOCK_FRAMES);
	assert_lowest_found();
	hole_to_absent(PFN(17), 1);
	assert_lowest_found();
	hole_to_absent(PFN(BLOCK_FRAMES), BLOCK_FRAMES);
	assert_lowest_found();
}

static void a_frame_only_goes_from_the_state_it_is_in(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), BLOCK_FRAMES);
	add(PFN(0), 100);
	make_free(PFN(10), 20);
	expect_assert_failure(pagedb_add(&db, PFN(99), 2));
	expect_assert_failure(pagedb_remove(&db, PFN(99), 2));
	expect_assert_failure(pagedb_remove(&db, PFN(9), 2));
	expect_assert_failure(pagedb_free(&db, PFN(99), 2));
	start(NULL);
	hole_to_absent(PFN(0), BLOCK_FRAMES);
	add(PFN(0), BLOCK_FRAMES);
	make_free(PFN(64), 64);
	expect_assert_failure(pagedb_free(&db, PFN(0), 65));
	expect_assert_failure(pagedb_use(&db, PFN(127), 2));
	expect_assert_failure(pagedb_hole_to_absent(&db, PFN(3), 1, OWNER_BASE));
	expect_assert_failure(pagedb_remove(&db, PFN(2 * BLOCK_FRAMES), 1));
}

static void what_is_freed_lies_inside_one_block(void **state)
{
	(void)state;
	hole_to_absent(PFN(0), 2 * BLOCK_FRAMES);
	add(PFN(0), 2 * BLOCK_FRAMES);
	expect_assert_failure(pagedb_free(&db, PFN(BLOCK_FRAMES - 1), 2));
	make_free(PFN(0), BLOCK_FRAMES);
	make_free(PFN(BLOCK_FRAMES), BLOCK_FRAMES);
	expect_assert_failure(pagedb_use(&db, PFN(BLOCK_FRAMES - 1), 2));
}

static void a_state_is_left_only_by_who_knows_it(void **state)
{
	(void)state;
	expect_assert_failure(pagedb_set_state(&db, 0, BLOCK_PARTIAL, BLOCK_WHOLE));
	expect_assert_failure(pagedb_set_state(&db, FRAMES_BLOCKS, BLOCK_FULL, BLOCK_PARTIAL));
}

/* One random step that the states allow, from a random frame on. */
static void random_step(void)
{
	pfn_t first = PFN(random_below(FRAMES_MAX));
	unsigned long max = random_one_in(50) ? 1200 : 1 + random_below(20);
	unsigned long nr = frames_alike(first, max);
	unsigned long in_block = MIN(nr, BLOCK_FRAMES - pfn_offset(first));

	if (frames[first.v] == HOLE && random_one_in(20))
		hole_to_absent(first, nr);
	else if (frames[first.v] == ABSENT)
		add(first, nr);
	else if (frames[first.v] == FREE)
		make_used(first, in_block);
	else if (frames[first.v] == USED && random_one_in(2))
		make_free(first, in_block);
	else if (frames[first.v] == USED)
		drop(first, nr);
}

static void random_operations_agree_with_a_model(void **state)
{
	(void)state;
	random_start();
	for (unsigned long i = 0; i < OPERATIONS; i++) {
		unsigned long block;

		if (random_one_in(OPERATIONS / 8))
			start(NULL);
		random_step();
		assert_int_equal(pagedb_nr_present(&db), frames_count[USED] + frames_count[FREE]);
		block = random_below(FRAMES_BLOCKS);
		assert_int_equal(blocks[block].nr_free, frames_in_block[block][FREE]);
		assert_int_equal(blocks[block].nr_absent, frames_in_block[block][ABSENT]);
		assert_int_equal(blocks[block].nr_holes, frames_in_block[block][HOLE]);
		if (random_one_in(10))
			assert_lowest_found();
		if (i % CHECK_EVERY == 0)
			frames_assert_same(&db);
	}
	frames_assert_same(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_it_is_extended_by_are_holes, start),
		cmocka_unit_test_setup(nothing_is_known_beyond_its_end, start),
		cmocka_unit_test_setup(a_descriptor_costs_at_most_160_bytes, start),
		cmocka_unit_test_setup(what_was_added_is_present_in_use_and_clean, start),
		cmocka_unit_test_setup(frames_that_join_used_ones_do_not_make_a_block_clean, start),
		cmocka_unit_test_setup(a_block_with_holes_is_clean_when_its_first_frames_come,
				       start),
		cmocka_unit_test_setup(a_block_is_absent_when_its_last_frame_goes, start),
		cmocka_unit_test_setup(present_frames_are_counted_by_owner, start),
		cmocka_unit_test_setup(a_block_has_one_owner, start),
		cmocka_unit_test_setup(the_lowest_absent_blocks_are_found, start),
		cmocka_unit_test_setup(a_frame_only_goes_from_the_state_it_is_in, start),
		cmocka_unit_test_setup(what_is_freed_lies_inside_one_block, start),
		cmocka_unit_test_setup(a_state_is_left_only_by_who_knows_it, start),
		cmocka_unit_test_setup(random_operations_agree_with_a_model, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
