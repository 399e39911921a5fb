/* SPDX-License-Identifier: MIT */
/* The device tree's reader (arch/arm/boot/fdt_memory.c): banks and reservations. */
#include "fdt.h"

/* ---- memory ---- */

static void banks_of_all_nodes_and_entries_are_found_and_sorted(void **state)
{
	(void)state;
	tree_start();
	tree_memory(8 * GIB, 64 * MIB);
	tree_node("memory@40000000");
	tree_text("device_type", "memory");
	tree_cells("reg", WIDE(2 * GIB), WIDE(MIB), WIDE(GIB), WIDE(32 * MIB));
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_nothing();
	assert_int_equal(m.nr_banks, 3);
	assert_range(m.bank[0], GIB, 32 * MIB);
	assert_range(m.bank[1], 2 * GIB, MIB);
	assert_range(m.bank[2], 8 * GIB, 64 * MIB);
}

static void addresses_and_sizes_may_have_one_cell_or_two(void **state)
{
	(void)state;
	for (uint32_t address = 1; address <= 2; address++) {
		for (uint32_t size = 1; size <= 2; size++) {
			uint32_t cell[4] = {0};

			tree_start_reservations();
			tree_start_root();
			tree_cell_counts(address, size);
			tree_node("memory");
			tree_text("device_type", "memory");
			cell[address - 1] = GIB;
			cell[address + size - 1] = MIB;
			tree_put_cells("reg", cell, address + size);
			tree_end();
			tree_finish();
			assert_int_equal(read_tree(), 0);
			assert_range(m.bank[0], GIB, MIB);
		}
	}
}

static void no_other_number_of_cells_is_read(void **state)
{
	static const uint32_t counts[][2] = {{0, 1}, {2, 0}, {3, 2}, {7, 7}, {2, ~0U}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		tree_start_reservations();
		tree_start_root();
		tree_cell_counts(counts[i][0], counts[i][1]);
		tree_memory(GIB, MIB);
		tree_finish();
		assert_int_equal(read_tree(), -EINVAL);
		assert_int_equal(said_lines, 2);
	}
}

static void banks_that_touch_are_one_and_overlapping_is_said(void **state)
{
	(void)state;
	tree_start();
	tree_memory(GIB, MIB);
	tree_memory(GIB + 2 * MIB, MIB);
	tree_memory(GIB + MIB, MIB);
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_nothing();
	assert_int_equal(m.nr_banks, 1);
	assert_range(m.bank[0], GIB, 3 * MIB);

	tree_start();
	tree_memory(GIB, 2 * MIB);
	tree_memory(GIB + MIB, 2 * MIB);
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_once("overlaps another memory bank");
	assert_int_equal(m.nr_banks, 1);
	assert_range(m.bank[0], GIB, 3 * MIB);
}

/* Beside a bank that is right the wrong one is left out; alone there is no memory at all. */
static void assert_bank_is_refused(uint64_t base, uint64_t size, const char *why)
{
	tree_start();
	tree_memory(base, size);
	tree_memory(GIB, MIB);
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_once(why);
	assert_int_equal(m.nr_banks, 1);
	assert_range(m.bank[0], GIB, MIB);

	tree_start();
	tree_memory(base, size);
	tree_finish();
	assert_int_equal(read_tree(), -EINVAL);
	assert_non_null(strstr(said_last, "no usable memory"));
}

static void banks_that_make_no_sense_are_left_out(void **state)
{
	(void)state;
	assert_bank_is_refused(2 * GIB, 0, "empty memory bank");
	assert_bank_is_refused(MACHINE_ADDR_MAX, MIB, "48 bits");
	assert_bank_is_refused(MACHINE_ADDR_MAX - MIB, 2 * MIB, "48 bits");
	assert_bank_is_refused(2 * GIB, ~0ULL - MIB, "48 bits");
	assert_bank_is_refused(~0ULL - MIB + 1, 2 * MIB, "48 bits");
}

static void what_is_left_of_a_list_that_is_cut_off_is_used(void **state)
{
	(void)state;
	tree_start();
	tree_node("memory");
	tree_text("device_type", "memory");
	tree_cells("reg", WIDE(GIB), WIDE(MIB), WIDE(2 * GIB));
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_once("invalid reg");
	assert_int_equal(m.nr_banks, 1);
}

static void banks_for_which_there_is_no_room_are_said(void **state)
{
	(void)state;
	tree_start();
	for (uint64_t i = 0; i <= MACHINE_BANKS_MAX; i++)
		tree_memory(GIB + 2 * i * MIB, MIB);
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_once("too many");
	assert_int_equal(m.nr_banks, MACHINE_BANKS_MAX);
}

/* ---- reservations ---- */

static void reservations_of_all_kinds_are_found(void **state)
{
	(void)state;
	tree_start_reservations();
	tree_did(fdt_add_reservemap_entry(tree, GIB, MIB));
	tree_start_root();
	tree_cell_counts(2, 2);
	tree_memory(GIB, 64 * MIB);
	tree_node("reserved-memory");
	tree_cell_counts(2, 2);
	tree_bytes("ranges", NULL, 0);
	tree_device("firmware@1", "none", GIB + 4 * MIB, MIB);
	tree_end();
	tree_node("anywhere");
	tree_cells("size", WIDE(MIB));
	tree_end();
	tree_end();
	tree_node("chosen");
	tree_cells("linux,initrd-start", (uint32_t)(GIB + 8 * MIB));
	tree_cells("linux,initrd-end", WIDE(GIB + 9 * MIB + 5));
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_nothing();
	assert_int_equal(m.nr_reserved, 3);
	assert_range(m.reserved[0], GIB, MIB);
	assert_range(m.reserved[1], GIB + 4 * MIB, MIB);
	assert_range(m.reserved[2], GIB + 8 * MIB, MIB + 5);
}

static void a_reservation_that_cannot_be_read_is_the_end(void **state)
{
	(void)state;
	for (int wrong = 0; wrong < 3; wrong++) {
		tree_start();
		tree_memory(GIB, 64 * MIB);
		tree_node("reserved-memory");
		tree_cell_counts(wrong == 0 ? 3 : 2, 2);
		if (wrong != 1)
			tree_bytes("ranges", NULL, 0);
		tree_device("firmware", "none", GIB, wrong == 2 ? ~0ULL : MIB);
		tree_end();
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), -EINVAL);
		assert_said_once("firmware");
	}
}

static void more_reservations_than_can_be_kept_are_the_end(void **state)
{
	(void)state;
	for (uint64_t nr = MACHINE_RESERVED_MAX; nr <= MACHINE_RESERVED_MAX + 1; nr++) {
		tree_start_reservations();
		for (uint64_t i = 0; i < nr; i++)
			tree_did(fdt_add_reservemap_entry(tree, GIB + 2 * i * MIB, MIB));
		tree_start_root();
		tree_cell_counts(2, 2);
		tree_memory(GIB, 128 * MIB);
		tree_finish();
		assert_int_equal(read_tree(), nr > MACHINE_RESERVED_MAX ? -EINVAL : 0);
	}
	assert_said_once("reserved");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(banks_of_all_nodes_and_entries_are_found_and_sorted),
		cmocka_unit_test(addresses_and_sizes_may_have_one_cell_or_two),
		cmocka_unit_test(no_other_number_of_cells_is_read),
		cmocka_unit_test(banks_that_touch_are_one_and_overlapping_is_said),
		cmocka_unit_test(banks_that_make_no_sense_are_left_out),
		cmocka_unit_test(what_is_left_of_a_list_that_is_cut_off_is_used),
		cmocka_unit_test(banks_for_which_there_is_no_room_are_said),
		cmocka_unit_test(reservations_of_all_kinds_are_found),
		cmocka_unit_test(a_reservation_that_cannot_be_read_is_the_end),
		cmocka_unit_test(more_reservations_than_can_be_kept_are_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
