/* SPDX-License-Identifier: MIT */
/* target= and floor= of the command line (test.toml) hold before anybody else has said a word. */
#include "frames.h"

#define MIB 256UL /* in frames */

int app_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	CHECK(balloon_settle() == 0, "the target is not reached");
	CHECK(pagedb_nr_present(&kernel_mm.db) == 48 * MIB, "%lu frames",
	      pagedb_nr_present(&kernel_mm.db));
	check_memory();
	balloon_target_set(0);
	CHECK(balloon_settle() != 0, "a target of nothing is reached");
	CHECK(pagedb_nr_present(&kernel_mm.db) == 40 * MIB, "%lu frames",
	      pagedb_nr_present(&kernel_mm.db));
	check_memory();
	return guest_test_done();
}
