/* SPDX-License-Identifier: MIT */
/*
 * Xen maps a guest's frames by tables out of a pool. When that is dry, populate gives frames that
 * nobody can reach: growth fails cleanly, what is lost is counted and stays little, what is there
 * stays whole, and after giving back the guest grows again.
 */
#include <lib/errno.h>
#include <sched/thread.h>

#include "frames.h"

#define SECOND	   1000000000ULL
#define ATTEMPTS   3U
#define GIVEN_BACK 16384UL

static struct balloon_stats stats(void)
{
	struct balloon_stats balloon;

	balloon_stats_get(&balloon);
	return balloon;
}

/* What the host counts as ours is what is there, and what is lost. */
static void check_counts(unsigned long lost)
{
	struct balloon_stats balloon;
	const char *wrong = pagedb_check(&kernel_mm.db);

	CHECK(balloon_refresh() == 0, "the host does not answer");
	balloon = stats();
	CHECK(balloon.lost == lost, "%lu frames lost, not %lu", balloon.lost, lost);
	CHECK(balloon.host == balloon.present + balloon.offset + lost,
	      "the host says %lu, offset %ld, we say %lu and %lu lost", balloon.host,
	      balloon.offset, balloon.present, lost);
	CHECK(!wrong, "page database: %s", wrong);
	check_directmap(kernel_mm.db.nr_blocks * BLOCK_FRAMES);
}

/* A block that comes in two parts is mapped frame by frame: it takes a table of the pool. */
static int grow_until_dry(void)
{
	unsigned long grown;
	int err;

	do
		err = balloon_grow(BLOCK_FRAMES / 2, &grown);
	while (!err && grown == BLOCK_FRAMES / 2);
	return err;
}

/* An attempt in a pause is refused; one behind it costs a frame. */
static void try_again(unsigned int attempt)
{
	unsigned long grown;
	uint64_t calls = host_calls();

	CHECK(balloon_grow(GIVEN_BACK, &grown) == -EAGAIN, "%lu frames came", grown);
	CHECK(!page_alloc(BLOCK_ORDER + 9, PAGE_FIXED), "a GiB came");
	CHECK(host_calls() == calls, "the host was asked in a pause");
	thread_sleep_ns(SECOND << attempt);
	CHECK(balloon_grow(GIVEN_BACK, &grown) == -EAGAIN, "%lu frames came", grown);
	check_counts(attempt + 2);
}

int app_main(int argc, char **argv)
{
	unsigned long moved, present;
	struct runs runs = {0};

	(void)argc;
	(void)argv;
	CHECK(grow_until_dry() == 0, "not one frame came of the last step");
	CHECK(stats().present < stats().ceiling - BLOCK_FRAMES, "the pool is too large");
	check_counts(1);
	for (unsigned int attempt = 0; attempt < ATTEMPTS; attempt++)
		try_again(attempt);

	present = stats().present;
	CHECK(balloon_shrink(GIVEN_BACK, &moved) == 0 && moved == GIVEN_BACK, "%lu went", moved);
	check_counts(ATTEMPTS + 1);
	CHECK(balloon_grow(GIVEN_BACK, &moved) == 0 && moved == GIVEN_BACK, "%lu came", moved);
	CHECK(stats().present == present, "%lu frames, not %lu", stats().present, present);
	check_counts(ATTEMPTS + 1);

	/* Two numbers for one frame would show. */
	runs_take_all(&runs, 0);
	runs_check_and_free(&runs);
	CHECK(stats().lost < ATTEMPTS + 1 + 2 * BLOCK_FRAMES, "%lu frames lost", stats().lost);
	check_counts(stats().lost);
	return guest_test_done();
}
