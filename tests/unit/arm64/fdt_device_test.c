/* SPDX-License-Identifier: MIT */
/* The device tree's reader (arch/arm/boot/fdt_device.c): the command line and devices. */
#include "fdt.h"

/* ---- the command line ---- */

static void the_command_line_is_that_of_chosen_if_it_has_an_end(void **state)
{
	static const char endless[] = {'r', 'u', 'n'};

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		tree_start();
		tree_memory(GIB, MIB);
		tree_node("chosen");
		if (kind == 1)
			tree_text("bootargs", "run=\"mem; quit\"");
		if (kind == 2)
			tree_bytes("bootargs", endless, sizeof(endless));
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_string_equal(m.bootargs, kind == 1 ? "run=\"mem; quit\"" : "");
	}
	assert_said_once("bootargs");
}

/* ---- devices ---- */

static void the_uart_is_that_of_stdout_or_the_first_that_may_be_used(void **state)
{
	static const char *const path[] = {NULL, "/uart@c0000:115200n8", "serial1", "/none"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		tree_start();
		tree_memory(GIB, MIB);
		put_uart("uart@a0000", 0xa0000, "disabled");
		put_uart("uart@b0000", 0xb0000, NULL);
		put_uart("uart@c0000", 0xc0000, "okay");
		tree_node("aliases");
		tree_text("serial1", "/uart@c0000");
		tree_end();
		tree_node("chosen");
		if (path[i])
			tree_text("stdout-path", path[i]);
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_said_nothing();
		assert_range(m.uart, i == 1 || i == 2 ? 0xc0000 : 0xb0000, 0x1000);
		assert_int_equal(m.uart_interrupt, 33);
	}
}

/* Each is the name of another, of itself, or has no end: libfdt 1.6 would follow them for ever. */
static void an_alias_that_is_no_path_leads_nowhere(void **state)
{
	static const char endless[] = {'/', 'u', 'a', 'r', 't', '@', 'c', '0', '0', '0', '0'};
	static const char *const path[] = {"self", "there", "endless", "missing", "self/uart", ""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		tree_start();
		tree_memory(GIB, MIB);
		put_uart("uart@b0000", 0xb0000, NULL);
		put_uart("uart@c0000", 0xc0000, NULL);
		tree_node("chosen");
		tree_text("stdout-path", path[i]);
		tree_end();
		tree_node("aliases");
		tree_text("self", "self");
		tree_text("there", "back");
		tree_text("back", "there");
		tree_bytes("endless", endless, sizeof(endless));
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_range(m.uart, 0xb0000, 0x1000);
	}
}

static void the_timers_rate_is_one_cell_or_not_used(void **state)
{
	(void)state;
	for (unsigned int cells = 0; cells <= 2; cells++) {
		tree_start();
		tree_memory(GIB, MIB);
		tree_node("timer");
		tree_text("compatible", "arm,armv8-timer");
		tree_cells("interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
		if (cells == 1)
			tree_cells("clock-frequency", 31250000);
		if (cells == 2)
			tree_cells("clock-frequency", 0, 31250000);
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_int_equal(m.timer_hz, cells == 1 ? 31250000 : 0);
		if (cells == 2)
			assert_said_once("invalid clock-frequency");
		else
			assert_said_nothing();
	}
}

static void devices_that_make_no_sense_are_said_and_left_out(void **state)
{
	(void)state;
	tree_start();
	tree_memory(GIB, MIB);
	put_timer_and_psci("telephone");
	tree_device("uart", "arm,pl011", 0xa0000, 0);
	tree_end();
	tree_device("gic", "arm,gic-v3", 0x8000000, 0x10000);
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_int_equal(said_lines, 4); /* of the GIC what cannot be read, and what follows */
	assert_int_equal(m.psci, MACHINE_NO_PSCI);
	assert_int_equal(m.uart.size, 0);
	assert_int_equal(m.gic, MACHINE_NO_GIC);
}

static void xen_is_found_by_its_node(void **state)
{
	(void)state;
	tree_start();
	tree_memory(GIB, MIB);
	tree_node("hypervisor");
	tree_bytes("compatible", "xen,xen-4.17\0xen,xen", sizeof("xen,xen-4.17\0xen,xen"));
	tree_cells("reg", WIDE(0x38000000), WIDE(0x1000000), WIDE(8 * GIB), WIDE(GIB),
		   WIDE(2 * GIB), WIDE(GIB));
	tree_interrupt(1, 15);
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_nothing();
	assert_true(m.xen);
	assert_range(m.grant_space, 0x38000000, 0x1000000);
	assert_int_equal(m.nr_extended, 2);
	assert_range(m.extended[0], 2 * GIB, GIB);
	assert_range(m.extended[1], 8 * GIB, GIB);
	assert_int_equal(m.event_interrupt, 31);
}

static void xens_guest_is_found_by_name(void **state)
{
	(void)state;
	tree_start();
	tree_bytes("compatible", "xen,xenvm-4.17\0xen,xenvm", sizeof("xen,xenvm-4.17\0xen,xenvm"));
	tree_memory(GIB, MIB);
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_true(m.xen);
	assert_int_equal(m.event_interrupt, 0);
	assert_int_equal(m.nr_extended, 0);
}

/* Two buses, one in the other: 0x1000 to 0x800000 to 0x4000_0080_0000. */
static void addresses_are_translated_by_every_bus_above(void **state)
{
	(void)state;
	tree_start();
	tree_memory(GIB, MIB);
	tree_node("outer");
	tree_cell_counts(1, 1);
	tree_cells("ranges", 0, WIDE(0x400000000000), 0x1000000);
	tree_node("inner");
	tree_cell_counts(1, 1);
	tree_cells("ranges", 0, 0x400000, 0x1000, 0x1000, 0x800000, 0x1000);
	put_virtio(0x1000);
	put_virtio(0x1e00); /* its end is the range's */
	put_virtio(0x1f00); /* beyond */
	tree_end();
	put_virtio(0x100);
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_once("ranges");
	assert_int_equal(m.nr_virtio, 3);
	assert_range(m.virtio[0].registers, 0x400000800000, 0x200);
	assert_range(m.virtio[1].registers, 0x400000800e00, 0x200);
	assert_range(m.virtio[2].registers, 0x400000000100, 0x200);
	assert_int_equal(m.virtio[0].interrupt, 48);
}

static void a_bus_without_ranges_and_one_that_wraps_pass_nothing_on(void **state)
{
	(void)state;
	for (int wraps = 0; wraps < 2; wraps++) {
		tree_start();
		tree_memory(GIB, MIB);
		tree_node("bus");
		tree_cell_counts(1, 1);
		if (wraps)
			tree_cells("ranges", 0, WIDE(~0ULL - 0xfff), 0x100000);
		put_virtio(0x2000);
		tree_end();
		tree_finish();
		assert_int_equal(read_tree(), 0);
		assert_said_once(wraps ? "48 bits" : "outside the ranges");
		assert_int_equal(m.nr_virtio, 0);
	}
}

static void devices_for_which_there_is_no_room_are_said(void **state)
{
	(void)state;
	tree_start_reservations();
	tree_start_root();
	tree_cell_counts(1, 1);
	for (uint32_t i = 0; i <= MACHINE_VIRTIO_MAX; i++)
		put_virtio(0x1000 * i);
	tree_node("memory");
	tree_text("device_type", "memory");
	tree_cells("reg", GIB, MIB);
	tree_end();
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_said_once("too many");
	assert_int_equal(m.nr_virtio, MACHINE_VIRTIO_MAX);
}

static void nodes_that_lie_too_deep_are_passed_over(void **state)
{
	(void)state;
	tree_start();
	tree_memory(GIB, MIB);
	for (int i = 0; i < 40; i++)
		tree_node("deeper");
	put_uart("uart", 0xa0000, NULL);
	for (int i = 0; i < 40; i++)
		tree_end();
	put_uart("uart", 0xb0000, NULL);
	tree_finish();
	assert_int_equal(read_tree(), 0);
	assert_range(m.uart, 0xb0000, 0x1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_command_line_is_that_of_chosen_if_it_has_an_end),
		cmocka_unit_test(the_uart_is_that_of_stdout_or_the_first_that_may_be_used),
		cmocka_unit_test(an_alias_that_is_no_path_leads_nowhere),
		cmocka_unit_test(the_timers_rate_is_one_cell_or_not_used),
		cmocka_unit_test(devices_that_make_no_sense_are_said_and_left_out),
		cmocka_unit_test(xen_is_found_by_its_node),
		cmocka_unit_test(xens_guest_is_found_by_name),
		cmocka_unit_test(addresses_are_translated_by_every_bus_above),
		cmocka_unit_test(a_bus_without_ranges_and_one_that_wraps_pass_nothing_on),
		cmocka_unit_test(devices_for_which_there_is_no_room_are_said),
		cmocka_unit_test(nodes_that_lie_too_deep_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
