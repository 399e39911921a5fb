/* SPDX-License-Identifier: MIT */
/*
 * Page tables that the guest has no use for any more: however many become free at once, each is
 * free memory again; and those that it needs lie side by side, so that few blocks have to stay.
 */
#include <arch/page.h>

#include "tests/pins.h"
#include "turns.h"

static const struct fake_setup big = {
	.machine = 1300 * MIB,
	.frames = 32 * MIB,
	.ceiling = 1200 * MIB,
	.run = 2048,
	.clean = true,
};

static const struct fake_setup small = {
	.machine = 300 * MIB,
	.frames = 32 * MIB,
	.ceiling = 256 * MIB,
	.run = 2048,
	.clean = true,
};

/* By one command, or by a target that the thread follows: as little as may be. */
static void shrink_all(bool by_target)
{
	unsigned long moved;

	if (!by_target) {
		while (!balloon_shrink(~0UL >> 1, &moved) && moved)
			;
		return;
	}
	balloon_target_set(1);
	work_for(LONG_PAUSE);
	balloon_target_none();
}

static void grow_all(void)
{
	unsigned long moved;

	while (!balloon_grow(big.ceiling, &moved) && moved)
		;
	assert_int_equal(fake_tot_pages(), big.ceiling);
}

/* The tables of so many blocks become free in one step of single frames. */
static void empty_blocks(unsigned int nr, bool by_target)
{
	start_on(&big);
	grow_all();
	assert_true(pin_blocks(nr));
	shrink_all(by_target);
	assert_int_equal(fake_check_losing(0), nr);
	unpin_blocks();
	shrink_all(by_target);
	fake_check();
	assert_int_equal(reserve_stash()->nr, RESERVE_NORMAL);
	grow_all();
	fake_check();
}

static void none_is_lost_however_many_become_free_at_once(void **state)
{
	(void)state;
	empty_blocks(65, true);
	empty_blocks(512, false);
	empty_blocks(560, true);
}

static unsigned long in_use(void)
{
	return present() - free_frames();
}

/* By demand: what the guest holds lies between the metadata of each step. */
static void take_and_free_all(void)
{
	take_all();
	assert_int_equal(fake_tot_pages(), small.ceiling);
	assert_int_equal(free_frames(), 0);
	for (unsigned long pfn = 0; pfn < kernel_mm.db.nr_blocks * BLOCK_FRAMES; pfn++)
		if (fake_holds(PFN(pfn)))
			fake_give(pfn_to_virt(PFN(pfn)), 0);
}

/* What stays beyond the start is p2m, page database and upper tables, side by side. */
static void what_stays_lies_together(void **state)
{
	unsigned long used, blocks, metadata;

	(void)state;
	start_on(&small);
	shrink_all(false);
	used = in_use();
	blocks = blocks_in_use();
	metadata = small.ceiling / BLOCK_FRAMES;
	metadata +=
		pagedb_bytes(metadata) / PAGE_SIZE + RESERVE_UPPER + RESERVE_NORMAL - RESERVE_MIN;
	for (int round = 0; round < 3; round++) {
		take_and_free_all();
		shrink_all(round % 2);
		fake_check();
		assert_in_range(in_use() - used, 0, metadata);
		assert_in_range(blocks_in_use() - blocks, 0, DIV_ROUND_UP(metadata, BLOCK_FRAMES));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stays_lies_together),
		cmocka_unit_test(none_is_lost_however_many_become_free_at_once),
	};

	(void)setup;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
