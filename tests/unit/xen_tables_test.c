/* SPDX-License-Identifier: MIT */
/*
 * Page tables that the guest has no use for any more: however many become free at once, each is
 * free memory again, and none keeps a block from going.
 */
#include "tests/unit/xen_turns.h"

#define BLOCKS_MAX 600U

static const struct fake_setup big = {
	.machine = 1300 * MIB,
	.frames = 32 * MIB,
	.ceiling = 1200 * MIB,
	.run = 2048,
	.clean = true,
};

static void *pinned[BLOCKS_MAX];
static unsigned int nr_pinned;

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

/* Of so many blocks one frame stays in use. */
static void pin(unsigned int nr)
{
	for (nr_pinned = 0; nr_pinned < nr; nr_pinned++) {
		pinned[nr_pinned] = page_alloc(BLOCK_ORDER, PAGE_FIXED);
		assert_non_null(pinned[nr_pinned]);
	}
	for (unsigned int i = 0; i < nr; i++)
		page_free_range((char *)pinned[i] + PAGE_SIZE, BLOCK_FRAMES - 1);
}

static void unpin(void)
{
	while (nr_pinned)
		page_free(pinned[--nr_pinned], 0);
}

/* The tables of so many blocks become free in one step of single frames. */
static void empty_blocks(unsigned int nr, bool by_target)
{
	start_on(&big);
	grow_all();
	pin(nr);
	shrink_all(by_target);
	assert_int_equal(fake_check_losing(0), nr);
	unpin();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_lost_however_many_become_free_at_once),
	};

	(void)setup;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
