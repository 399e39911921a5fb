/* SPDX-License-Identifier: MIT */
/* arm64's plan of frame numbers (arch/arm/boot/memory.c): RAM, and who has it. */
#include "memory.h"

static void two_banks_have_a_hole_between_them(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add_bank(GIB + 128 * MIB, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_said_nothing();
	assert_present(GIB + 64 * MIB, GIB + 128 * MIB, GIB + 192 * MIB);
	assert_int_equal(boot_info.nr_ranges, 2);
	assert_is(0, GIB, GIB + 64 * MIB, BOOT_RAM);
	assert_is(1, GIB + 128 * MIB, GIB + 192 * MIB, BOOT_RAM);
}

static void a_bank_is_cut_to_whole_pages(void **state)
{
	(void)state;
	start();
	add_bank(GIB + 1, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_said_once("truncated");
	assert_int_equal(boot_info.nr_ranges, 1);
	assert_is(0, GIB + PAGE_SIZE, GIB + 64 * MIB, BOOT_RAM);
}

static void a_bank_need_not_begin_on_a_block(void **state)
{
	(void)state;
	start();
	add_bank(GIB + 5 * PAGE_SIZE, 64 * MIB);
	read_machine(false);
	memory_describe();
	assert_said_nothing();
	assert_is(0, GIB + 5 * PAGE_SIZE, GIB + 64 * MIB + 5 * PAGE_SIZE, BOOT_RAM);
}

static void what_is_reserved_is_a_hole_to_its_last_page(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add(m.reserved, &m.nr_reserved, GIB + 8 * MIB + 1, PAGE_SIZE);
	m.uart = (struct machine_range){GIB + 32 * MIB, 0x200};
	read_machine(false);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 3);
	assert_is(0, GIB, GIB + 8 * MIB, BOOT_RAM);
	assert_is(1, GIB + 8 * MIB + 2 * PAGE_SIZE, GIB + 32 * MIB, BOOT_RAM);
	assert_is(2, GIB + 32 * MIB + PAGE_SIZE, GIB + 64 * MIB, BOOT_RAM);
	assert_present(0, GIB, GIB + 8 * MIB);
	assert_present(GIB + 8 * MIB, GIB + 8 * MIB + 2 * PAGE_SIZE, GIB + 32 * MIB);
}

static void what_is_kept_is_there_and_in_use_be_it_reserved_too(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 64 * MIB);
	add(m.reserved, &m.nr_reserved, GIB + 2 * MIB, MIB);
	read_machine(false);
	memory_keep(PADDR(GIB + 2 * MIB), MIB - 1);
	memory_describe();
	assert_is(1, GIB + 2 * MIB, GIB + 3 * MIB, BOOT_RESERVED);
	assert_present(0, GIB, GIB + 64 * MIB);
}

static void frames_are_taken_behind_what_was_kept_and_then_from_the_beginning(void **state)
{
	pfn_t first = PFN(GIB >> PAGE_SHIFT);

	(void)state;
	start();
	add_bank(GIB, 8 * PAGE_SIZE);
	add(m.reserved, &m.nr_reserved, GIB + 4 * PAGE_SIZE, PAGE_SIZE);
	read_machine(false);
	memory_keep(PADDR(GIB + PAGE_SIZE), 2 * PAGE_SIZE);
	for (unsigned int i = 0; i < 5; i++) {
		static const unsigned int expected[] = {3, 5, 6, 7, 0};

		assert_int_equal(memory_take().v, first.v + expected[i]);
	}
	expect_assert_failure(memory_take());
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 2);
	assert_is(0, GIB, GIB + 4 * PAGE_SIZE, BOOT_RESERVED);
	assert_is(1, GIB + 5 * PAGE_SIZE, GIB + 8 * PAGE_SIZE, BOOT_RESERVED);
}

static void what_is_kept_for_boot_is_free_memory_after_it(void **state)
{
	(void)state;
	start();
	add_bank(GIB, 4 * PAGE_SIZE);
	read_machine(false);
	memory_keep(PADDR(GIB), PAGE_SIZE);
	memory_keep_for_boot(PADDR(GIB + PAGE_SIZE), PAGE_SIZE);
	assert_int_equal(memory_take().v, (GIB >> PAGE_SHIFT) + 2);
	memory_describe();
	assert_int_equal(boot_info.nr_ranges, 4);
	assert_is(1, GIB + PAGE_SIZE, GIB + 2 * PAGE_SIZE, BOOT_RAM);
}

static void what_the_direct_map_has_no_place_for_is_said_and_not_used(void **state)
{
	(void)state;
	start();
	add_bank(511 * GIB, 2 * GIB);
	read_machine(true);
	memory_describe();
	assert_said_once("memory above 512 GiB unused");
	assert_is(boot_info.nr_ranges - 1, 511 * GIB, 512 * GIB, BOOT_RAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_banks_have_a_hole_between_them),
		cmocka_unit_test(a_bank_is_cut_to_whole_pages),
		cmocka_unit_test(a_bank_need_not_begin_on_a_block),
		cmocka_unit_test(what_is_reserved_is_a_hole_to_its_last_page),
		cmocka_unit_test(what_is_kept_is_there_and_in_use_be_it_reserved_too),
		cmocka_unit_test(frames_are_taken_behind_what_was_kept_and_then_from_the_beginning),
		cmocka_unit_test(what_is_kept_for_boot_is_free_memory_after_it),
		cmocka_unit_test(what_the_direct_map_has_no_place_for_is_said_and_not_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
