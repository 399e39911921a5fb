/* SPDX-License-Identifier: MIT */
/* A PCI host in the device tree (arch/arm/boot/fdt_pci.c): windows, and whose pin is which
 * interrupt.
 */
#include "tests/unit/fdt.h"

#define CONFIG 0x3f000000ULL
#define IO     0x3eff0000ULL
#define MEMORY 0x10000000ULL

static void begin(void)
{
	tree_start();
	tree_memory(GIB, MIB);
	tree_node("intc");
	tree_text("compatible", "arm,gic-v3");
	tree_cells("phandle", 7);
	tree_cells("#address-cells", 2);
	tree_cells("#interrupt-cells", 3);
	tree_cells("reg", WIDE(0x8000000), WIDE(0x10000), WIDE(0x8010000), WIDE(0x20000));
	tree_end();
	tree_device("pcie", "pci-host-ecam-generic", CONFIG, 0x1000000);
	tree_cells("#address-cells", 3);
	tree_cells("#size-cells", 2);
}

static void put_windows(void)
{
	tree_cells("ranges", 0x1000000, WIDE(0), WIDE(IO), WIDE(0x10000), 0x2000000, WIDE(MEMORY),
		   WIDE(MEMORY), WIDE(0x2eff0000), 0x3000000, WIDE(0x8000000000),
		   WIDE(0x8000000000), WIDE(0x8000000000));
}

/* Two devices, pins A and B of each, turned round by one. */
static void put_lines(void)
{
	tree_cells("interrupt-map-mask", 0x1800, 0, 0, 7);
	tree_cells("interrupt-map", 0, 0, 0, 1, 7, 0, 0, 0, 3, 4, 0, 0, 0, 2, 7, 0, 0, 0, 4, 4,
		   0x800, 0, 0, 1, 7, 0, 0, 0, 4, 4, 0x800, 0, 0, 2, 7, 0, 0, 0, 5, 4);
}

static void end(void)
{
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
}

static void a_host_with_windows_and_lines_is_found(void **state)
{
	(void)state;
	begin();
	put_windows();
	put_lines();
	end();
	assert_said_nothing();
	assert_range(m.pci.config, CONFIG, 0x1000000);
	assert_range(m.pci.io, IO, 0x10000);
	assert_range(m.pci.memory, MEMORY, 0x2eff0000);
	assert_int_equal(m.pci.line_mask, 0x1800);
	assert_int_equal(m.pci.nr_lines, 4);
	assert_int_equal(m.pci.line[3].function, 0x800);
	assert_int_equal(m.pci.line[3].pin, 2);
	assert_int_equal(m.pci.line[3].interrupt, 37);
}

static void a_host_without_windows_is_there_and_places_nothing(void **state)
{
	(void)state;
	begin();
	put_lines();
	end();
	assert_said_once("no BAR can be placed");
	assert_range(m.pci.config, CONFIG, 0x1000000);
	assert_int_equal(m.pci.memory.size, 0);
}

static void a_window_that_wraps_round_is_left_out(void **state)
{
	(void)state;
	begin();
	tree_cells("ranges", 0x2000000, WIDE(0xfffffffffffff000), WIDE(0xfffffffffffff000),
		   WIDE(0x10000));
	put_lines();
	end();
	assert_int_equal(m.pci.memory.size, 0);
}

static void without_a_map_devices_do_not_interrupt(void **state)
{
	(void)state;
	begin();
	put_windows();
	end();
	assert_said_once("its devices do not interrupt");
	assert_int_equal(m.pci.nr_lines, 0);
}

static void of_a_map_that_is_cut_off_the_beginning_counts(void **state)
{
	(void)state;
	begin();
	put_windows();
	tree_cells("interrupt-map-mask", 0x1800, 0, 0, 7);
	tree_cells("interrupt-map", 0, 0, 0, 1, 7, 0, 0, 0, 3, 4, 0, 0, 0, 2, 7);
	end();
	assert_said_once("cut off");
	assert_int_equal(m.pci.nr_lines, 1);
}

static void a_map_that_names_nobody_is_none(void **state)
{
	(void)state;
	begin();
	put_windows();
	tree_cells("interrupt-map-mask", 0x1800, 0, 0, 7);
	tree_cells("interrupt-map", 0, 0, 0, 1, 99, 0, 0, 0, 3, 4);
	end();
	assert_said_once("names no GIC");
	assert_int_equal(m.pci.nr_lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_with_windows_and_lines_is_found),
		cmocka_unit_test(a_host_without_windows_is_there_and_places_nothing),
		cmocka_unit_test(a_window_that_wraps_round_is_left_out),
		cmocka_unit_test(without_a_map_devices_do_not_interrupt),
		cmocka_unit_test(of_a_map_that_is_cut_off_the_beginning_counts),
		cmocka_unit_test(a_map_that_names_nobody_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
