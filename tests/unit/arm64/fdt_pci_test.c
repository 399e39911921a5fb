/* SPDX-License-Identifier: MIT */
/* A PCI host in the device tree (arch/arm/boot/fdt_pci.c): windows, and whose pin is which
 * interrupt.
 */
#include "fdt.h"

#define CONFIG 0x3f000000ULL
#define IO     0x3eff0000ULL
#define MEMORY 0x10000000ULL

/* A host of which the rest of the node is still to be written. */
static void put_host(const char *name, uint64_t config, uint64_t bytes)
{
	tree_device(name, "pci-host-ecam-generic", config, bytes);
	tree_cells("#address-cells", 3);
	tree_cells("#size-cells", 2);
}

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
	put_host("pcie", CONFIG, 0x1000000);
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
	assert_range(m.pci[0].config, CONFIG, 0x1000000);
	assert_range(m.pci[0].io, IO, 0x10000);
	assert_range(m.pci[0].memory, MEMORY, 0x2eff0000);
	assert_range(m.pci[0].prefetch, 0x8000000000, 0x8000000000);
	assert_int_equal(m.pci[0].first_bus, 0);
	assert_int_equal(m.pci[0].last_bus, 15);
	assert_int_equal(m.pci[0].line_mask, 0x1800);
	assert_int_equal(m.pci[0].pin_mask, 7);
	assert_int_equal(m.pci[0].nr_lines, 4);
	assert_int_equal(m.pci[0].line[3].function, 0x800);
	assert_int_equal(m.pci[0].line[3].pin, 2);
	assert_int_equal(m.pci[0].line[3].interrupt, 37);
}

/* Buses 64 to 71 of a host that has configuration space for 16. */
static void the_buses_of_a_host_are_those_of_its_range(void **state)
{
	(void)state;
	begin();
	tree_cells("bus-range", 64, 71);
	put_windows();
	put_lines();
	end();
	assert_said_nothing();
	assert_int_equal(m.pci[0].first_bus, 64);
	assert_int_equal(m.pci[0].last_bus, 71);
}

static void a_range_of_buses_that_makes_no_sense_is_said(void **state)
{
	static const uint32_t ranges[][2] = {{5, 4}, {0, 256}, {UINT32_MAX, UINT32_MAX}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		begin();
		tree_cells("bus-range", ranges[i][0], ranges[i][1]);
		put_windows();
		put_lines();
		end();
		assert_said_once("invalid bus-range");
		assert_int_equal(m.pci[0].first_bus, 0);
		assert_int_equal(m.pci[0].last_bus, 15);
	}
}

/* Of each its own; the fifth has no place, which is said. */
static void several_hosts_are_found(void **state)
{
	(void)state;
	begin();
	put_windows();
	put_lines();
	for (unsigned int i = 1; i < 5; i++) {
		tree_end();
		put_host("pcie2", CONFIG - i * 0x1000000ULL, 0x100000);
		tree_cells("interrupt-map-mask", 0xff00, 0, 0, 3);
		tree_cells("interrupt-map", 0, 0, 0, i, 7, 0, 0, 0, 3, 4);
		tree_cells("ranges", 0x42000000, WIDE(MEMORY), WIDE(MEMORY), WIDE(0x10000));
	}
	end();
	assert_said_once("its devices are ignored");
	assert_int_equal(m.nr_pci, 4);
	assert_range(m.pci[2].config, CONFIG - 0x2000000, 0x100000);
	assert_int_equal(m.pci[2].last_bus, 0);
	assert_int_equal(m.pci[2].memory.size, 0);
	assert_range(m.pci[2].prefetch, MEMORY, 0x10000);
	assert_int_equal(m.pci[2].line_mask, 0xff00);
	assert_int_equal(m.pci[2].nr_lines, 1);
	assert_int_equal(m.pci[2].line[0].pin, 2);
	assert_int_equal(m.pci[0].nr_lines, 4);
}

/* Smaller than a bus, or not where one can be. */
static void configuration_space_that_holds_no_bus_is_said(void **state)
{
	static const struct machine_range configs[] = {{CONFIG, 0x80000}, {CONFIG + 0x800, MIB}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		tree_start();
		tree_memory(GIB, MIB);
		put_host("pcie", configs[i].base, configs[i].size);
		end();
		assert_said_once("configuration space too small");
		assert_int_equal(m.nr_pci, 0);
	}
}

/* Memory that stands before it in the tree, and behind it. Another host is used. */
static void configuration_space_in_memory_is_said(void **state)
{
	static const uint64_t configs[] = {GIB, GIB - MIB, 2 * GIB};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		begin();
		put_windows();
		put_lines();
		tree_end();
		put_host("pcie2", configs[i], 2 * MIB);
		put_windows();
		put_lines();
		tree_end();
		tree_memory(2 * GIB, MIB);
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_said_once("overlaps memory: its devices are ignored");
		assert_int_equal(m.nr_pci, 1);
		assert_range(m.pci[0].config, CONFIG, 0x1000000);
	}
}

static void ports_in_memory_are_none(void **state)
{
	(void)state;
	begin();
	tree_cells("ranges", 0x1000000, WIDE(0), WIDE(GIB), WIDE(0x10000));
	put_lines();
	end();
	assert_int_equal(m.nr_pci, 1);
	assert_int_equal(m.pci[0].io.size, 0);
}

static void a_host_without_windows_is_there_and_places_nothing(void **state)
{
	(void)state;
	begin();
	put_lines();
	end();
	assert_said_once("its BARs are not assigned");
	assert_range(m.pci[0].config, CONFIG, 0x1000000);
	assert_int_equal(m.pci[0].memory.size, 0);
}

static void a_window_that_wraps_round_is_left_out(void **state)
{
	(void)state;
	begin();
	tree_cells("ranges", 0x2000000, WIDE(0xfffffffffffff000), WIDE(0xfffffffffffff000),
		   WIDE(0x10000));
	put_lines();
	end();
	assert_int_equal(m.pci[0].memory.size, 0);
}

/* Of one cell, and not 0: else the guest places BARs. */
static void what_firmware_placed_is_told_by_chosen(void **state)
{
	static const uint32_t values[] = {0, 1, 2, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i <= ARRAY_SIZE(values); i++) {
		begin();
		put_windows();
		put_lines();
		tree_end();
		tree_node("chosen");
		if (i < ARRAY_SIZE(values))
			tree_cells("linux,pci-probe-only", values[i]);
		else
			tree_cells("linux,pci-probe-only", 1, 1);
		end();
		assert_said_nothing();
		assert_int_equal(m.pci_placed, i >= 1 && i < ARRAY_SIZE(values));
	}
}

static void without_a_map_devices_do_not_interrupt(void **state)
{
	(void)state;
	begin();
	put_windows();
	end();
	assert_said_once("its devices have no interrupts");
	assert_int_equal(m.pci[0].nr_lines, 0);
}

static void of_a_map_that_is_cut_off_the_beginning_counts(void **state)
{
	(void)state;
	begin();
	put_windows();
	tree_cells("interrupt-map-mask", 0x1800, 0, 0, 7);
	tree_cells("interrupt-map", 0, 0, 0, 1, 7, 0, 0, 0, 3, 4, 0, 0, 0, 2, 7);
	end();
	assert_said_once("invalid interrupt-map");
	assert_int_equal(m.pci[0].nr_lines, 1);
}

static void a_map_that_names_nobody_is_none(void **state)
{
	(void)state;
	begin();
	put_windows();
	tree_cells("interrupt-map-mask", 0x1800, 0, 0, 7);
	tree_cells("interrupt-map", 0, 0, 0, 1, 99, 0, 0, 0, 3, 4);
	end();
	assert_said_once("invalid interrupt-map");
	assert_int_equal(m.pci[0].nr_lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_with_windows_and_lines_is_found),
		cmocka_unit_test(the_buses_of_a_host_are_those_of_its_range),
		cmocka_unit_test(a_range_of_buses_that_makes_no_sense_is_said),
		cmocka_unit_test(several_hosts_are_found),
		cmocka_unit_test(configuration_space_that_holds_no_bus_is_said),
		cmocka_unit_test(configuration_space_in_memory_is_said),
		cmocka_unit_test(ports_in_memory_are_none),
		cmocka_unit_test(a_host_without_windows_is_there_and_places_nothing),
		cmocka_unit_test(a_window_that_wraps_round_is_left_out),
		cmocka_unit_test(what_firmware_placed_is_told_by_chosen),
		cmocka_unit_test(without_a_map_devices_do_not_interrupt),
		cmocka_unit_test(of_a_map_that_is_cut_off_the_beginning_counts),
		cmocka_unit_test(a_map_that_names_nobody_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
