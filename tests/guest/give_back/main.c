/* SPDX-License-Identifier: MIT */
/*
 * Giving back and growing again: whole blocks, then frames of a block, until a pattern held in
 * every tenth frame is all that is left. Xen's count, p2m, M2P and direct map agree after each.
 */
#include "frames.h"

#define KEEP_EVERY 10U

static void shrink(unsigned long frames, unsigned long least)
{
	unsigned long shrunk;
	int err = balloon_shrink(frames, &shrunk);

	CHECK(err == 0 && shrunk >= least && shrunk <= frames, "%lu of %lu frames went (%d)",
	      shrunk, frames, err);
	check_memory();
}

static void grow(unsigned long frames)
{
	unsigned long grown;
	int err = balloon_grow(frames, &grown);

	CHECK(err == 0 && grown == frames, "%lu of %lu frames came (%d)", grown, frames, err);
	check_memory();
}

/* Takes all there is, keeps some frames here and there, frees the rest. */
static void scatter(struct runs *kept)
{
	struct runs all = {0}, freed = {0};
	unsigned int i = 0;

	runs_take_all(&all, 0);
	while (all.first) {
		struct run *run = all.first;
		struct runs *to = i++ % KEEP_EVERY ? &freed : kept;

		all.first = run->next;
		run->next = to->first;
		to->first = run;
		to->nr_frames++;
	}
	runs_check_and_free(&freed);
}

int app_main(int argc, char **argv)
{
	struct runs kept = {0};
	struct balloon_stats before, after;
	unsigned long shrunk;
	uint64_t calls;

	(void)argc;
	(void)argv;
	balloon_stats_get(&before);

	/* Blocks, used and never used, there and back. */
	grow(50000);
	runs_take_all(&kept, BLOCK_ORDER);
	runs_check_and_free(&kept);
	shrink(40000, 40000);
	grow(40000);
	shrink(1, 1);
	grow(1);

	/* With a frame in use in every ten no block is whole: they go one by one. */
	scatter(&kept);
	shrink(30000, 30000);
	grow(20000);
	shrink(~0UL >> 1, 1);

	/* Nothing is free: nothing goes, and an allocation takes it all back from the host. */
	calls = host_calls();
	CHECK(balloon_shrink(1, &shrunk) == -ENOSPC && shrunk == 0, "%lu went", shrunk);
	CHECK(host_calls() == calls, "asking the host for nothing took %llu hypercalls",
	      (unsigned long long)(host_calls() - calls));
	runs_take_all(&kept, 0);
	check_at_ceiling();
	check_memory();
	runs_check_and_free(&kept);
	balloon_stats_get(&after);
	shrink(after.present - before.present, after.present - before.present);
	return guest_test_done();
}
