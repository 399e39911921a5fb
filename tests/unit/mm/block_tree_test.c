/* SPDX-License-Identifier: MIT */
/* The tree over the blocks against a plain look at each of them. */
#include <mm/pagedb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/random.h"

#define BLOCKS	   700UL
#define OPERATIONS 60000UL

static struct pagedb db;
static struct block blocks[BLOCKS];

/* Blocks of holes from `first` on, as many as are known. */
static void begin(unsigned long first, unsigned long known)
{
	memset(blocks, 0xa5, sizeof(blocks));
	pagedb_init(&db, blocks, BLOCKS);
	pagedb_begin(&db, first);
	pagedb_extend(&db, known);
}

static void change(unsigned long block, enum block_state to)
{
	struct block *b = &blocks[block];

	if (b->nr_free)
		pagedb_use(&db, block_pfn(block), b->nr_free);
	pagedb_set_state(&db, block, b->state, to);
	if (to == BLOCK_WHOLE || to == BLOCK_PARTIAL)
		pagedb_free(&db, block_pfn(block), to == BLOCK_WHOLE ? BLOCK_FRAMES : 7);
}

/* In use, whole, partly or wholly absent: as growth and the allocator bring a block there. */
static void random_change(unsigned long block)
{
	struct block *b = &blocks[block];

	if (b->nr_free)
		change(block, random_one_in(2) ? BLOCK_FULL : BLOCK_PARTIAL);
	else if (b->nr_holes == BLOCK_FRAMES)
		pagedb_hole_to_absent(&db, block_pfn(block), BLOCK_FRAMES, OWNER_BASE);
	else if (b->nr_absent == BLOCK_FRAMES)
		pagedb_add(&db, block_pfn(block), random_one_in(2) ? BLOCK_FRAMES : 5);
	else if (b->nr_absent)
		pagedb_add(&db, pfn_add(block_pfn(block), 5), BLOCK_FRAMES - 5);
	else if (random_one_in(8))
		pagedb_remove(&db, block_pfn(block), random_one_in(2) ? BLOCK_FRAMES : 1);
	else
		change(block, random_one_in(3) ? BLOCK_PARTIAL : BLOCK_WHOLE);
	if (b->nr_absent && b->nr_absent < 5)
		pagedb_remove(&db, pfn_add(block_pfn(block), b->nr_absent),
			      BLOCK_FRAMES - b->nr_absent);
}

static bool is_whole(unsigned long block, unsigned long nr)
{
	for (unsigned long i = block; i < block + nr; i++) {
		if (i < db.first_block || i >= db.nr_blocks || blocks[i].state != BLOCK_WHOLE)
			return false;
	}
	return true;
}

static void assert_whole_found(unsigned int order, unsigned long from)
{
	unsigned long block = BLOCKS, plain = ALIGN_UP(from, 1UL << order);

	while (plain < BLOCKS && !is_whole(plain, 1UL << order))
		plain += 1UL << order;
	assert_int_equal(pagedb_find_whole(&db, order, from, &block), plain < BLOCKS);
	assert_int_equal(block, MIN(plain, BLOCKS));
}

static void assert_last_whole_found(unsigned int order, unsigned long to)
{
	unsigned long block = BLOCKS, nr = 1UL << order, plain = ALIGN_DOWN(to, nr);

	while (plain && !is_whole(plain - nr, nr))
		plain -= nr;
	assert_int_equal(pagedb_find_last_whole(&db, order, to, &block), plain != 0);
	assert_int_equal(block, plain ? plain - nr : BLOCKS);
}

static void assert_partial_found(unsigned long from)
{
	unsigned long block = BLOCKS, plain = MAX(from, db.first_block);

	while (plain < db.nr_blocks && blocks[plain].state != BLOCK_PARTIAL)
		plain++;
	assert_int_equal(pagedb_find_partial(&db, from, &block), plain < db.nr_blocks);
	assert_int_equal(block, plain < db.nr_blocks ? plain : BLOCKS);
}

static void assert_absent_found(unsigned long from, bool partly)
{
	unsigned long block = BLOCKS, plain = MAX(from, db.first_block);

	for (; plain < db.nr_blocks; plain++) {
		unsigned int absent = blocks[plain].nr_absent;

		if (partly ? absent > 0 && absent < BLOCK_FRAMES : absent == BLOCK_FRAMES)
			break;
	}
	assert_int_equal(partly ? pagedb_find_partly(&db, from, &block)
				: pagedb_find_absent(&db, from, &block),
			 plain < db.nr_blocks);
	assert_int_equal(block, plain < db.nr_blocks ? plain : BLOCKS);
}

static void assert_right(void)
{
	const char *wrong = pagedb_check(&db);
	unsigned long from = random_one_in(3) ? 0 : random_below(BLOCKS + 9);

	if (wrong)
		fail_msg("%s", wrong);
	for (unsigned int order = 0; order <= 11; order++) {
		assert_whole_found(order, from);
		assert_last_whole_found(order, from);
	}
	assert_last_whole_found(0, BLOCKS);
	assert_last_whole_found(2, BLOCKS + 64);
	assert_partial_found(from);
	assert_absent_found(from, true);
	assert_absent_found(from, false);
}

/* More blocks than the longest run that a node can tell. */
static void a_run_longer_than_a_node_tells_is_found_in_parts(void **state)
{
	const unsigned long nr = 1UL << 17;
	struct block *many = malloc(nr * sizeof(*many));
	unsigned long block;

	(void)state;
	assert_non_null(many);
	pagedb_init(&db, many, nr);
	pagedb_extend(&db, nr);
	pagedb_hole_to_absent(&db, PFN(0), nr * BLOCK_FRAMES, OWNER_BASE);
	pagedb_add(&db, PFN(0), nr * BLOCK_FRAMES);
	for (unsigned long i = 0; i < nr; i++) {
		pagedb_set_state(&db, i, BLOCK_FULL, BLOCK_WHOLE);
		pagedb_free(&db, block_pfn(i), BLOCK_FRAMES);
	}
	assert_null(pagedb_check(&db));
	assert_true(pagedb_find_whole(&db, 14, 1, &block) && block == 1UL << 14);
	assert_true(pagedb_find_last_whole(&db, 14, nr, &block) && block == nr - (1UL << 14));
	assert_false(pagedb_find_partial(&db, 0, &block) || pagedb_find_absent(&db, 0, &block));
	free(many);
}

static void what_is_known_grows_and_searches_agree_with_a_plain_look(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < 12; round++) {
		unsigned long first = random_one_in(2) ? 0 : random_below(300);

		begin(first, first + 1);
		for (unsigned long i = 0; i < OPERATIONS / 12; i++) {
			if (db.nr_blocks < BLOCKS && random_one_in(20))
				pagedb_extend(&db, db.nr_blocks + 1 +
							   random_below(BLOCKS - db.nr_blocks) / 8);
			random_change(first + random_below(db.nr_blocks - first));
			if (random_one_in(10))
				assert_right();
		}
	}
}

static void runs_are_found_when_their_last_block_comes(void **state)
{
	(void)state;
	for (unsigned int order = 0; order <= 9; order++) {
		unsigned long nr = 1UL << order, block;

		begin(0, BLOCKS);
		pagedb_hole_to_absent(&db, PFN(0), nr * BLOCK_FRAMES, OWNER_BASE);
		pagedb_add(&db, PFN(0), nr * BLOCK_FRAMES);
		for (unsigned long i = 0; i < nr; i++) {
			assert_false(pagedb_find_whole(&db, order, 0, &block));
			change(nr - 1 - i, BLOCK_WHOLE);
		}
		assert_true(pagedb_find_whole(&db, order, 0, &block));
		assert_int_equal(block, 0);
		assert_false(pagedb_find_whole(&db, order + 1, 0, &block));
		assert_false(pagedb_find_whole(&db, order, 1, &block));
	}
}

static void nothing_is_found_where_nothing_is_known(void **state)
{
	unsigned long block;

	(void)state;
	begin(17, 17);
	assert_false(pagedb_find_whole(&db, 0, 0, &block));
	assert_false(pagedb_find_partly(&db, 0, &block));
	begin(17, 18);
	assert_false(pagedb_find_absent(&db, 0, &block));
	pagedb_hole_to_absent(&db, block_pfn(17), BLOCK_FRAMES, OWNER_BASE);
	assert_true(pagedb_find_absent(&db, 0, &block));
	assert_int_equal(block, 17);
	assert_false(pagedb_find_absent(&db, 18, &block));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_longer_than_a_node_tells_is_found_in_parts),
		cmocka_unit_test(what_is_known_grows_and_searches_agree_with_a_plain_look),
		cmocka_unit_test(runs_are_found_when_their_last_block_comes),
		cmocka_unit_test(nothing_is_found_where_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
