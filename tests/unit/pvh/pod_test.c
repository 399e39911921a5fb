/* SPDX-License-Identifier: MIT */
/* What a PVH guest gives back at the start, when it was shown more memory than it was given. */
#include "arch/x86/pvh/pod.h"
#include "map.h"

/* xl's with maxmem above memory: the map shows all of maxmem. */
static void start_on_demand(uint64_t all, uint64_t given)
{
	start(true);
	add(BOOT_BYTES, 2 * GIB, RAM);
	add(4 * GIB, 2 * GIB + all, RAM);
	read_map();
	count = given >> PAGE_SHIFT;
	pod_give_back();
	memmap_describe();
}

static void what_was_shown_and_not_given_goes_back(void **state)
{
	uint64_t edge;

	(void)state;
	/* So much that each call of Xen's for itself would be more claims than there is room for.
	 */
	start_on_demand(500 * GIB, 3 * GIB);
	edge = 500 * GIB - (released << PAGE_SHIFT) + 2 * GIB;
	assert_true(released >= 497 * GIB >> PAGE_SHIFT);
	assert_true(released <= (497 * GIB + MIB) >> PAGE_SHIFT);
	assert_kind(BOOT_BYTES, 2 * GIB, BOOT_RAM);
	assert_kind(4 * GIB, edge, BOOT_RAM);
	assert_kind(edge, 502 * GIB, BOOT_GROWABLE);

	/* Down to where the guest itself is. */
	start_on_demand(3 * GIB, 8 * MIB);
	assert_kind(4 * GIB, 5 * GIB, BOOT_GROWABLE);
	assert_kind(16 * MIB, 2 * GIB, BOOT_GROWABLE);
	assert_kind(TABLES_AT, TABLES_AT + PAGE_SIZE, BOOT_RAM);
}

static void what_xen_does_not_take_stays(void **state)
{
	(void)state;
	start(true);
	add(BOOT_BYTES, 2 * GIB, RAM);
	read_map();
	count = 64 * MIB >> PAGE_SHIFT;
	most = 10000;
	pod_give_back();
	memmap_describe();
	assert_true(released <= most && released > most - BLOCK_FRAMES);
	assert_kind(BOOT_BYTES, 2 * GIB - (released << PAGE_SHIFT), BOOT_RAM);
	assert_kind(2 * GIB - (released << PAGE_SHIFT), 2 * GIB, BOOT_GROWABLE);
}

static void a_domain_that_has_all_gives_nothing_back(void **state)
{
	(void)state;
	start(true);
	add(BOOT_BYTES, 64 * MIB, RAM);
	read_map();
	count = (64 * MIB >> PAGE_SHIFT) + 8;
	pod_give_back();
	assert_int_equal(released, 0);
	assert_said_nothing();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_shown_and_not_given_goes_back),
		cmocka_unit_test(what_xen_does_not_take_stays),
		cmocka_unit_test(a_domain_that_has_all_gives_nothing_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
