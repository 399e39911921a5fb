/* SPDX-License-Identifier: MIT */
/*
 * Growth by allocations of order 9: while the host has room a whole block is always to be had,
 * whatever is left in parts of blocks; then single frames take the rest.
 */
#include "frames.h"

int app_main(int argc, char **argv)
{
	struct runs blocks = {0}, frames = {0};
	struct balloon_stats balloon;

	(void)argc;
	(void)argv;
	runs_take_all(&blocks, BLOCK_ORDER);
	balloon_stats_get(&balloon);
	CHECK(balloon.ceiling - balloon.present < BLOCK_FRAMES,
	      "order 9 failed with room for %lu frames", balloon.ceiling - balloon.present);
	check_memory();
	runs_take_all(&frames, 0);
	check_at_ceiling();
	check_memory();
	runs_check_and_free(&frames);
	runs_check_and_free(&blocks);
	check_memory();
	return guest_test_done();
}
