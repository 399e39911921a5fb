/* SPDX-License-Identifier: MIT */
/*
 * Devices as they are found: windows and functions that are none, capabilities and BARs that make
 * no sense, and every way to reach one. What is no device leaves no mapping behind.
 */
#include "virtio.h"

#include <mm/map.h>

#include "tests/fake/virtio/bus.h"

#define FRAMES	 (64 * MIB)
#define LINE	 5U
#define FEATURES (FAKE_F_VERSION_1 | FAKE_F_STATS | FAKE_F_DEFLATE_ON_OOM)
#define NOWHERE	 "has no registers that can be reached; left alone"

static void boot(enum fake_reach reach)
{
	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	fake_bus_add(fake, reach, LINE);
}

/* The device works, and its interrupts come through. */
static void expect_a_balloon(void)
{
	unsigned long moved;

	virtio_init();
	assert_said_nothing();
	assert_true(fake_line_is_open(LINE));
	assert_int_equal(fake->queue[FAKE_INFLATE].size, FAKE_QUEUE_SIZE);
	assert_int_equal(balloon_shrink(10 * MIB + 3, &moved), 0);
	assert_int_equal(fake_balloon.nr_held, 10 * MIB + 3);
	assert_int_equal(fake_balloon.actual, 10 * MIB + 3);
	fake_balloon_ask_stats(fake);
	virtio_dispatch();
	assert_int_equal(fake_balloon.nr_stats, 2);
	assert_int_equal(fake->interrupts, 0);
	fake_balloon_check(fake);
	assert_said_nothing();
}

static void expect_none(const char *text)
{
	struct balloon_stats stats;

	virtio_init();
	if (text)
		assert_said_once(text);
	else
		assert_said_nothing();
	balloon_stats_get(&stats);
	assert_null(stats.backend);
	assert_int_equal(map_nr_pages(), 0);
	assert_false(fake->status & STATUS_DRIVER_OK);
}

static void a_device_is_found_however_it_is_reached(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	expect_a_balloon();
}

static void one_that_lies_there_is_left_alone_there(void **state)
{
	const enum fake_reach *reach = *state;
	unsigned long moved;

	boot(*reach);
	virtio_init();
	fake_virtio_lie(fake, LIE_TOO_LONG, FAKE_INFLATE, 0);
	assert_int_equal(balloon_shrink(100, &moved), -EIO);
	assert_left_alone("returned a length of 1, which cannot be");
	fake->interrupts = VIRTIO_INTERRUPT_QUEUE;
	virtio_dispatch();
	assert_int_equal(fake->interrupts, 0);
	assert_left_alone("returned a length of 1, which cannot be");
}

static void a_line_that_is_not_there_is_said(void **state)
{
	const enum fake_reach *reach = *state;

	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	fake_bus_add(fake, *reach, FAKE_LINES);
	expect_none("interrupts by line 64, which this machine does not have");
}

static void a_device_that_is_no_balloon_is_left_alone(void **state)
{
	static struct fake_virtio_model network;
	const enum fake_reach *reach = *state;

	boot_with(FRAMES, FEATURES);
	network = fake_balloon_model;
	network.type = 1;
	fake->model = &network;
	fake_bus_start();
	fake_bus_add(fake, *reach, LINE);
	expect_none(NULL);
	assert_string_equal(fake->log, "");
}

static void without_memory_for_queues_nothing_stays_mapped(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	memory_take_all_but(20);
	expect_none("finds no memory for its queues");
}

/* ---- windows ---- */

static struct fake_window *add_window(uint64_t base)
{
	struct fake_window *window = fake_bus_add_window(NULL, base, LINE);

	window->magic = 0x74726976;
	window->version = 3;
	return window;
}

static void windows_without_a_device_are_passed_over(void **state)
{
	(void)state;
	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	add_window(0xfea00000);
	add_window(0xfea00200)->magic = 0;
	add_window(0xfea00402); /* not aligned */
	add_window(0x1000);	/* memory */
	add_window(1ULL << 60); /* nowhere */
	add_window(0xfea00ffc); /* in two pages */
	fake_bus_add(fake, FAKE_MMIO, LINE);
	expect_a_balloon();
	assert_int_equal(map_nr_pages(), 1);
}

/* ---- functions ---- */

/* What is wrong with it: a value at a byte of configuration space. */
static const struct wrong {
	unsigned int at, bytes;
	uint32_t value;
} wrongs[] = {
	{0x06, 1, 0},	       /* no capabilities */
	{0x34, 1, 0},	       /* no first one */
	{0x34, 1, 0x3c},       /* in the header */
	{0x34, 1, 0xfc},       /* at the end */
	{0x41, 1, 0x40},       /* a loop */
	{0x40, 1, 0x05},       /* not of virtio */
	{0x43, 1, 5},	       /* of no known type: the common one */
	{0x53, 1, 0},	       /* ISR */
	{0x63, 1, 9},	       /* configuration */
	{0x73, 1, 1},	       /* two are common, none says where to notify */
	{0x44, 1, 6},	       /* a BAR there is not */
	{0x44, 1, 255},	       /* */
	{0x54, 1, 0},	       /* one that is not placed */
	{0x20, 4, 0},	       /* the same for all */
	{0x20, 4, 0x0000000d}, /* ports */
	{0x20, 4, 0x0010000c}, /* memory of ours */
	{0x20, 4, 0x0000000c}, /* nowhere */
	{0x24, 4, UINT32_MAX}, /* beyond what there is */
	{0x48, 4, 2},	       /* not aligned */
	{0x58, 4, 1},	       /* */
	{0x4c, 4, 0x37},       /* too short */
	{0x5c, 4, 0},	       /* empty */
	{0x78 + 4, 4, 0},      /* */
};

static void a_function_that_makes_no_sense_is_left_alone(void **state)
{
	const struct wrong *wrong = *state;

	boot(FAKE_PCI_MODERN);
	memcpy(fake_bus_function()->config.bytes + wrong->at, &wrong->value, wrong->bytes);
	memset(fake_bus_function()->bar_mask, 0, sizeof(fake_bus_function()->bar_mask));
	expect_none(NOWHERE);
}

/* But for these it works: only what cannot be is refused. */
static const struct wrong odds[] = {
	{0x71, 1, 0x40},       /* the list ends in a loop */
	{0x4c, 4, UINT32_MAX}, /* longer than anybody needs */
	{0x6c, 4, 0xffff0000}, /* */
	{0x3c, 1, LINE},
};

static void what_is_odd_and_can_be_works(void **state)
{
	const struct wrong *odd = *state;

	boot(FAKE_PCI_MODERN);
	memcpy(fake_bus_function()->config.bytes + odd->at, &odd->value, odd->bytes);
	expect_a_balloon();
}

static void where_it_is_notified_must_be_mapped(void **state)
{
	const uint32_t *step = *state;

	boot(FAKE_PCI_MODERN);
	memcpy(fake_bus_function()->config.bytes + 0x80, step, sizeof(*step));
	expect_none("has not the queues of a balloon");
}

static void a_legacy_function_without_ports_is_left_alone(void **state)
{
	const uint32_t *bar = *state;

	boot(FAKE_PCI_LEGACY);
	fake_bus_function()->config.words[FAKE_BAR(0)] = *bar;
	fake_bus_function()->bar_mask[0] = 0;
	expect_none(NOWHERE);
}

static void a_function_whose_line_nobody_knows_is_left_alone(void **state)
{
	(void)state;
	boot(FAKE_PCI_MODERN);
	fake_bus_function()->config.bytes[0x3c] = 255;
	expect_none("nobody knows by which line pci device 00:01.0 interrupts; left alone");
}

static void what_firmware_did_not_place_is_placed(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	fake_bus_function()->config.words[FAKE_BAR(0)] &= 3;
	fake_bus_function()->config.words[FAKE_BAR(4)] &= 15;
	expect_a_balloon();
}

/* Of a BAR, what may be written, and what it says of itself. */
static const struct odd_bar {
	unsigned int bar;
	uint32_t mask, kind;
} odd_bars[] = {
	{5, 0xffff0000, 4}, /* 64 bits, and there is no next */
	{1, 0xf0f0f000, 0}, /* no power of two */
	{1, 0x80000000, 0}, /* larger than the room there is */
	{1, 0, 0},	    /* none */
	{1, 0xfffffffc, 1}, /* ports */
	{2, 0xff00ff00, 1}, /* ports, no power of two */
	{2, 0x0000ff00, 1}, /* ports of 16 bits */
	{2, 0xfffffff0, 4}, /* 64 bits */
};

static void a_bar_that_makes_no_sense_is_not_placed(void **state)
{
	const struct odd_bar *odd = *state;

	boot(FAKE_PCI_LEGACY);
	fake_bus_function()->config.words[FAKE_BAR(odd->bar)] = odd->kind;
	fake_bus_function()->bar_mask[odd->bar] = odd->mask;
	expect_a_balloon();
}

/* Behind bridges, of which one leads to itself and one to nowhere. */
static void devices_behind_bridges_are_found(void **state)
{
	struct fake_function *bridge;

	(void)state;
	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	for (unsigned int i = 0; i < 3; i++) {
		static const uint8_t secondary[] = {0, 255, 7};

		bridge = fake_bus_add_function(i);
		bridge->config.bytes[0x0e] = 0x81;
		bridge->config.bytes[0x19] = secondary[i];
	}
	fake_bus_add(fake, FAKE_PCI_MODERN, LINE);
	fake_bus_function()->number = 7 << 8;
	expect_a_balloon();
}

static void no_more_devices_than_there_is_room_for(void **state)
{
	struct fake_virtio *other;

	(void)state;
	boot(FAKE_PCI_MODERN);
	other = fake_virtio_add(&fake_balloon_model, FEATURES);
	fake_bus_add(other, FAKE_PCI_MODERN, LINE + 1);
	virtio_init();
	assert_said_once("pci device 00:02.0 is a second balloon; left alone");
	assert_true(fake->status & STATUS_DRIVER_OK);
	assert_int_equal(other->status, 0);
	assert_int_equal(map_nr_pages(), 4);
}

#define TESTS_MAX 160U

static struct CMUnitTest test[TESTS_MAX];
static unsigned int nr_tests;

static void add(const char *name, CMUnitTestFunction function, const void *parameters)
{
	assert_true(nr_tests < TESTS_MAX);
	test[nr_tests++] = (struct CMUnitTest){.name = name,
					       .test_func = function,
					       .initial_state = (void *)(uintptr_t)parameters};
}

#define FOR_ALL(function, list)                             \
	for (unsigned int i = 0; i < ARRAY_SIZE(list); i++) \
	add(#function, function, &(list)[i])

int main(void)
{
	static const enum fake_reach all[] = {FAKE_MMIO, FAKE_MMIO_LEGACY, FAKE_PCI_MODERN,
					      FAKE_PCI_LEGACY, FAKE_PCI_TRANSITIONAL};
	static const enum fake_reach pci[] = {FAKE_PCI_MODERN, FAKE_PCI_LEGACY,
					      FAKE_PCI_TRANSITIONAL};
	static const uint32_t steps[] = {1, 3, 0x1000, 0x80000000, UINT32_MAX};
	static const uint32_t bars[] = {0, 1, 0xc000, 0xfffd, 0x10001, 0xfffffffd};

	FOR_ALL(a_device_is_found_however_it_is_reached, all);
	FOR_ALL(one_that_lies_there_is_left_alone_there, all);
	FOR_ALL(a_line_that_is_not_there_is_said, all);
	FOR_ALL(a_device_that_is_no_balloon_is_left_alone, all);
	FOR_ALL(without_memory_for_queues_nothing_stays_mapped, all);
	add("windows", windows_without_a_device_are_passed_over, NULL);
	FOR_ALL(a_function_that_makes_no_sense_is_left_alone, wrongs);
	FOR_ALL(what_is_odd_and_can_be_works, odds);
	FOR_ALL(where_it_is_notified_must_be_mapped, steps);
	FOR_ALL(a_legacy_function_without_ports_is_left_alone, bars);
	add("no line", a_function_whose_line_nobody_knows_is_left_alone, NULL);
	FOR_ALL(what_firmware_did_not_place_is_placed, pci);
	FOR_ALL(a_bar_that_makes_no_sense_is_not_placed, odd_bars);
	add("bridges", devices_behind_bridges_are_found, NULL);
	add("two", no_more_devices_than_there_is_room_for, NULL);
	return virtio_run(test, nr_tests);
}
