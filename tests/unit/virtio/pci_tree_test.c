/* SPDX-License-Identifier: MIT */
/*
 * A balloon behind bridges, on a root bus of its own or of another host: with firmware, which
 * numbered the buses, and without, where buses, BARs and windows are the driver's to give. Then
 * bridges that make no sense, and what has no room: a line each, and an end.
 */
#include "bus.h"

#define LOST "devices behind this bridge ignored"

static struct fake_function *device; /* the function that it is */

static void start(void)
{
	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	fake_bus_add_function(0)->config.words[0] = 0x00081b36;
}

static void put_balloon(enum fake_reach reach, struct fake_function *above, unsigned int number)
{
	fake_bus_add(fake, reach, LINE);
	device = fake_bus_function();
	device->above = above;
	device->number = number;
}

/* As firmware does. */
static void set_numbers(struct fake_function *bridge, unsigned int behind, unsigned int last)
{
	const struct fake_function *above = bridge->above;

	bridge->config.bytes[0x18] =
		above ? above->config.bytes[0x19] : (uint8_t)(bridge->number >> 8);
	bridge->config.bytes[0x19] = (uint8_t)behind;
	bridge->config.bytes[0x1a] = (uint8_t)last;
	/* And opened the window in which its BARs are. */
	bridge->config.words[FAKE_BRIDGE + FAKE_BRIDGE_MEMORY] = 0xfe00fe00;
}

/* ---- with firmware ---- */

/* One leads nowhere, one to a bridge behind which the balloon is, whose bus comes before. */
static void buses_that_firmware_numbered_are_walked(void **state)
{
	struct fake_function *bridge;

	(void)state;
	start();
	set_numbers(fake_bus_add_bridge(NULL, 1 << 3), 255, 255);
	bridge = fake_bus_add_bridge(NULL, 2 << 3);
	set_numbers(bridge, 7, 7);
	put_balloon(FAKE_PCI_MODERN, bridge, 0);
	expect_a_balloon();
}

/* By what comes before it: a second host bridge. */
static void other_root_buses_are_walked(void **state)
{
	struct fake_function *host, *port;

	(void)state;
	start();
	host = fake_bus_add_function(1 << 3);
	host->config.words[0] = 0x000b1b36;
	host->config.words[2] = 0x06000000;
	port = fake_bus_add_bridge(NULL, 128 << 8 | 3 << 3);
	set_numbers(port, 129, 129);
	put_balloon(FAKE_PCI_MODERN, port, 4 << 3);
	expect_a_balloon();
}

/* To where it is, to a bus that was walked, to none. */
static void a_bridge_that_firmware_numbered_badly_is_said(void **state)
{
	const unsigned int *behind = *state;
	struct fake_function *bridge;

	start();
	bridge = fake_bus_add_bridge(NULL, 1 << 3);
	set_numbers(bridge, 5, 5);
	put_balloon(FAKE_PCI_MODERN, bridge, 0);
	set_numbers(fake_bus_add_bridge(NULL, 2 << 3), *behind, 255);
	virtio_init();
	assert_said_once("pci: 00:02.0: ");
	assert_said_once(LOST);
	expect_a_working_balloon(LINE);
}

static void a_bridge_that_leads_back_ends(void **state)
{
	struct fake_function *bridge, *inner;

	(void)state;
	start();
	bridge = fake_bus_add_bridge(NULL, 1 << 3);
	set_numbers(bridge, 1, 255);
	inner = fake_bus_add_bridge(bridge, 0);
	set_numbers(inner, 1, 255);
	expect_none("duplicate bus number");
}

/* ---- without ---- */

static void start_without(void)
{
	start();
	fake_bus_no_firmware();
}

static uint64_t address(const struct fake_function *function)
{
	return (function->config.words[FAKE_BAR(4)] & ~15U) |
	       (uint64_t)function->config.words[FAKE_BAR(5)] << 32;
}

/* As deep as a switch behind a root port; its pin is turned at each bridge. */
static void bridges_are_numbered_and_opened(void **state)
{
	const enum fake_reach *reach = *state;
	struct fake_function *port, *up, *down;

	start_without();
	fake_bus_add_bridge(NULL, 1 << 3);
	port = fake_bus_add_bridge(NULL, 2 << 3);
	up = fake_bus_add_bridge(port, 0);
	fake_bus_add_bridge(up, 0);
	down = fake_bus_add_bridge(up, 3 << 3);
	put_balloon(*reach, down, 6 << 3);
	/* INTA of device 6, then devices 3 and 0 of the bridges' own buses. */
	expect_a_balloon_on(fake_line_of(2 << 3, (0 + 6 + 3 + 0) % 4 + 1));
	assert_int_equal(port->config.bytes[0x19], 2);
	assert_int_equal(port->config.bytes[0x1a], 5);
	assert_int_equal(down->config.bytes[0x18], 3);
	assert_int_equal(down->config.bytes[0x19], 5);
}

static void functions_of_one_device_are_bridges_each(void **state)
{
	struct fake_function *port = NULL;

	(void)state;
	start_without();
	for (unsigned int i = 0; i < 8; i++) {
		port = fake_bus_add_bridge(NULL, 4 << 3 | i);
		port->config.bytes[0x0e] |= 0x80;
	}
	put_balloon(FAKE_PCI_MODERN, port, 0);
	expect_a_balloon_on(fake_line_of(4 << 3 | 7, 1));
	assert_int_equal(port->config.bytes[0x19], 8);
}

/* Numbers are taken around those of other root buses, which are fixed. */
static void root_buses_keep_their_numbers(void **state)
{
	struct fake_function *host, *port;

	(void)state;
	start_without();
	host = fake_bus_add_function(1 << 3);
	host->config.words[0] = 0x000b1b36;
	host->config.words[2] = 0x06000000;
	fake_bus_add_bridge(NULL, 2 << 3);
	port = fake_bus_add_bridge(NULL, 2 << 8);
	put_balloon(FAKE_PCI_MODERN, port, 1 << 3);
	expect_a_balloon_on(fake_line_of(2 << 8, 2));
	assert_int_equal(port->config.bytes[0x18], 2);
	assert_int_equal(port->config.bytes[0x19], 3);
}

static void a_bus_that_has_no_number_left_is_said(void **state)
{
	struct fake_function *host;

	(void)state;
	start_without();
	host = fake_bus_add_function(1 << 3);
	host->config.words[2] = 0x06000000;
	fake_bus_add_bridge(NULL, 2 << 3);
	put_balloon(FAKE_PCI_MODERN, fake_bus_add_bridge(NULL, 3 << 3), 0);
	fake_bus_add_function(2 << 8);
	expect_none("pci: 00:03.0: out of bus numbers: " LOST);
}

/* Its buses begin with another number, and its functions with that of the host. */
static void every_host_is_walked(void **state)
{
	struct fake_function *port;

	(void)state;
	start_without();
	fake_nr_hosts = 3;
	fake_host[1] = fake_host[0];
	fake_host[2] = fake_host[0];
	fake_host[2].first_bus = 64;
	fake_host[2].last_bus = 65;
	port = fake_bus_add_bridge(NULL, 2 << 16 | 64 << 8 | 1 << 3);
	put_balloon(FAKE_PCI_LEGACY, port, 0);
	expect_a_balloon_on(fake_line_of(1 << 3, 1));
	assert_int_equal(port->config.bytes[0x19], 65);
}

/* A BAR that is wide and may be prefetched goes above 4 GiB where there is no room below. */
static void without_room_below_4_gib_it_lies_above(void **state)
{
	struct fake_function *port;

	(void)state;
	start_without();
	fake_host[0].memory = (struct pci_window){0};
	port = fake_bus_add_bridge(NULL, 1 << 3);
	put_balloon(FAKE_PCI_MODERN, fake_bus_add_bridge(port, 0), 0);
	expect_a_balloon_on(fake_line_of(1 << 3, 1));
	assert_true(address(device) >= fake_host[0].prefetch.base);
}

/* A bridge with no window there, or one of 32 bits. */
static void a_bridge_without_that_window_is_said(void **state)
{
	const uint32_t *window = *state;
	struct fake_function *port;

	start_without();
	fake_host[0].memory = (struct pci_window){0};
	port = fake_bus_add_bridge(NULL, 1 << 3);
	port->config.words[FAKE_BRIDGE + FAKE_BRIDGE_PREFETCH] = 0;
	port->bridge_mask[FAKE_BRIDGE_PREFETCH] = *window;
	put_balloon(FAKE_PCI_MODERN, port, 0);
	expect_none("pci device 01:00.0: no room for BAR 4");
}

/* Windows of a bridge are whole MiB: of the host's, what is left of one is none. */
static void a_window_that_is_full_is_said(void **state)
{
	struct fake_function *port;

	(void)state;
	start_without();
	fake_host[0].prefetch = (struct pci_window){0};
	fake_host[0].memory = (struct pci_window){0xc0000000, 0x1ff000};
	fake_bus_add_bridge(NULL, 1 << 3);
	port = fake_bus_add_bridge(NULL, 2 << 3);
	put_balloon(FAKE_PCI_MODERN, port, 0);
	expect_none("pci device 02:00.0: no room for BAR 4");
}

/* What is placed over memory would answer in its place. */
static void in_a_window_over_memory_nothing_is_placed(void **state)
{
	const struct pci_window *window = *state;

	start_without();
	fake_host[0].prefetch = (struct pci_window){0};
	fake_host[0].memory = *window;
	put_balloon(FAKE_PCI_MODERN, NULL, 1 << 3);
	expect_none("pci device 00:01.0: no room for BAR 4");
	assert_int_equal(device->config.words[FAKE_BAR(4)] & ~15U, 0);
}

static void a_bridge_that_takes_no_number_is_said(void **state)
{
	struct fake_function *port;

	(void)state;
	start_without();
	port = fake_bus_add_bridge(NULL, 1 << 3);
	port->bridge_mask[0] = 0xff00ff;
	port->config.bytes[0x19] = 9;
	put_balloon(FAKE_PCI_MODERN, fake_bus_add_bridge(NULL, 2 << 3), 0);
	virtio_init();
	assert_said_once("pci: 00:01.0: bus number not accepted: " LOST);
	expect_a_working_balloon(fake_line_of(2 << 3, 1));
}

static void bridges_too_deep_are_said(void **state)
{
	struct fake_function *above = NULL;

	(void)state;
	start_without();
	for (unsigned int i = 0; i < 8; i++)
		above = fake_bus_add_bridge(above, 1 << 3);
	fake_bus_add_bridge(above, 0);
	put_balloon(FAKE_PCI_MODERN, above, 1 << 3);
	virtio_init();
	assert_said_once("pci: 08:00.0: bridges nested too deeply: " LOST);
	expect_a_working_balloon(fake_line_of(1 << 3, (1 + 7 * 1) % 4 + 1));
}

/* More bridges than numbers, in a tree that is as wide as can be: it ends, in a few lines. */
static void more_bridges_than_buses_end_in_a_few_lines(void **state)
{
	struct fake_function *above[256];
	unsigned int nr = 0;

	(void)state;
	start_without();
	for (unsigned int i = 8; i < 256; i++) {
		above[nr] = fake_bus_add_bridge(NULL, i);
		above[nr++]->config.bytes[0x0e] |= 0x80;
	}
	for (unsigned int i = 0; i < 256; i++)
		fake_bus_add_bridge(above[i % nr], i / nr << 3);
	put_balloon(FAKE_PCI_MODERN, above[0], 2 << 3);
	virtio_init();
	assert_true(said_lines > 8 && said_lines <= 16);
	assert_non_null(strstr(said_last, "further messages suppressed"));
	expect_a_working_balloon(fake_line_of(8, 3));
}

int main(void)
{
	static const enum fake_reach reaches[] = {FAKE_PCI_MODERN, FAKE_PCI_LEGACY,
						  FAKE_PCI_TRANSITIONAL};
	static const unsigned int behind[] = {0, 5};
	static const struct pci_window over_memory[] = {{0x200000, 0x1000000},
							{0x100000, 0xc0000000}};
	static const uint32_t windows[] = {0, 0xfff0fff0};

	TEST_ONE(buses_that_firmware_numbered_are_walked);
	TEST_ONE(other_root_buses_are_walked);
	TEST_ALL(a_bridge_that_firmware_numbered_badly_is_said, behind);
	TEST_ONE(a_bridge_that_leads_back_ends);
	TEST_ALL(bridges_are_numbered_and_opened, reaches);
	TEST_ONE(functions_of_one_device_are_bridges_each);
	TEST_ONE(root_buses_keep_their_numbers);
	TEST_ONE(a_bus_that_has_no_number_left_is_said);
	TEST_ONE(every_host_is_walked);
	TEST_ONE(without_room_below_4_gib_it_lies_above);
	TEST_ALL(a_bridge_without_that_window_is_said, windows);
	TEST_ONE(a_window_that_is_full_is_said);
	TEST_ALL(in_a_window_over_memory_nothing_is_placed, over_memory);
	TEST_ONE(a_bridge_that_takes_no_number_is_said);
	TEST_ONE(bridges_too_deep_are_said);
	TEST_ONE(more_bridges_than_buses_end_in_a_few_lines);
	return virtio_run_all();
}
