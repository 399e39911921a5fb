// SPDX-License-Identifier: MIT
/* Growth under the fake Xen, when nothing goes wrong: every frame that came is where it belongs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <balloon/balloon.h>
#include <kernel/errno.h>
#include <mm/mm.h>

#include "tests/fake/fake.h"

#define MIB_FRAMES 256UL

static void grow_to_ceiling(unsigned long ceiling)
{
	unsigned long grown, before = kernel_mm.db.nr_present;

	assert_int_equal(balloon_grow(ceiling, &grown), 0);
	assert_int_equal(grown, ceiling - before);
	assert_int_equal(fake_tot_pages(), ceiling);
	fake_check();
}

static void one_growth_brings_all_that_the_host_allows(void **state)
{
	static const struct fake_setup setup = {
		.machine = 96 * MIB_FRAMES,
		.frames = 16 * MIB_FRAMES,
		.ceiling = 64 * MIB_FRAMES,
		.run = 8,
	};

	(void)state;
	fake_start(&setup);
	fake_check();
	grow_to_ceiling(setup.ceiling);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_growth_brings_all_that_the_host_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
