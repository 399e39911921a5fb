/* SPDX-License-Identifier: MIT */
/*
 * Devices as they are found, by every way to reach one, and virtio-mmio windows that hold none.
 * What is no device leaves no mapping behind.
 */
#include "bus.h"

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
	fake_virtio_lie(fake, LIE_NO_CHAIN, FAKE_INFLATE, 0);
	/* Shown as many as there are elements, it lied of the first. */
	assert_int_equal(balloon_shrink(100, &moved), 0);
	assert_said_two("invalid chain id 128 in a used ring", "balloon: 64 frames leaked");
	assert_int_equal(fake->status, STATUS_FAILED);
	fake->interrupts = VIRTIO_INTERRUPT_QUEUE;
	virtio_dispatch();
	assert_int_equal(fake->interrupts, 0);
	assert_int_equal(said_lines, 2);
	assert_int_equal(fake->status, STATUS_FAILED);
}

static void a_line_that_is_not_there_is_said(void **state)
{
	const enum fake_reach *reach = *state;

	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	fake_bus_add(fake, *reach, FAKE_LINES);
	expect_none("invalid interrupt line 64: ignored");
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
	expect_none("out of memory for its queues");
}

/* Bits of it that nothing defines change nothing, and are not acknowledged. */
static void an_interrupt_has_two_reasons(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	virtio_init();
	fake->interrupts = ~VIRTIO_INTERRUPTS & 0xff;
	virtio_dispatch();
	fake_balloon_want(fake, 10 * MIB);
	fake->interrupts |= ~VIRTIO_INTERRUPTS & 0xff;
	virtio_dispatch();
	assert_int_equal(fake->interrupts & VIRTIO_INTERRUPTS, 0);
	while (!balloon_work_step())
		;
	assert_int_equal(present(), FRAMES - 10 * MIB);
	assert_said_nothing();
}

/* Both at once. */
static void one_interrupt_may_have_both_reasons(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	virtio_init();
	fake_balloon_want(fake, 10 * MIB);
	fake_virtio_run(fake);
	fake_balloon_ask_stats(fake);
	assert_int_equal(fake->interrupts, VIRTIO_INTERRUPTS);
	virtio_dispatch();
	assert_int_equal(fake_balloon.nr_stats, 2);
	while (!balloon_work_step())
		;
	assert_int_equal(present(), FRAMES - 10 * MIB);
}

static void a_queue_that_is_in_use_is_none(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	fake->keeps_queues = true;
	fake->queue[FAKE_DEFLATE].enabled = true;
	expect_none("missing queue");
}

static struct fake_window *add_window(uint64_t base)
{
	struct fake_window *window = fake_bus_add_window(NULL, base, LINE);

	window->magic = 0x74726976;
	window->version = 3;
	return window;
}

static void without_memory_for_mappings_there_is_no_device(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	memory_take_all_but(0);
	expect_none(*reach == FAKE_MMIO ? NULL : ": registers not accessible: ignored");
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

/* What the command line names is looked at beside what the machine has, and missed where it is not.
 */
static void devices_that_are_named_are_found(void **state)
{
	static struct parsed_window named = {.line = LINE};
	const uint64_t *bytes = *state;

	boot(FAKE_MMIO);
	named.base = fake_bus_window()->base;
	named.bytes = *bytes;
	fake_bus_hide_windows();
	virtio_mmio_name(&named, 1);
	if (named.bytes < 512)
		expect_none("virtio: no device at feb00000 (check virtio_mmio.device=)");
	else
		expect_a_balloon();
}

static void a_device_that_is_not_where_it_is_named_is_said(void **state)
{
	static const struct parsed_window named[] = {
		{.base = 0xfeb00000, .bytes = 512, .line = LINE}, /* the machine has it, too */
		{.base = 0xfea00000, .bytes = 4096, .line = LINE},
	};

	(void)state;
	boot_with(FRAMES, FEATURES);
	fake_bus_start();
	add_window(0xfeb00000);
	virtio_mmio_name(named, ARRAY_SIZE(named));
	expect_none("virtio: no device at fea00000 (check virtio_mmio.device=)");
}

/* Firecracker names each device in the DSDT and on the command line. */
static void a_device_that_is_named_again_is_one(void **state)
{
	static struct parsed_window named[2];
	const bool *hidden = *state;

	boot(FAKE_MMIO);
	for (unsigned int i = 0; i < ARRAY_SIZE(named); i++)
		named[i] = (struct parsed_window){fake_bus_window()->base, 4096, LINE};
	if (*hidden)
		fake_bus_hide_windows();
	virtio_mmio_name(named, ARRAY_SIZE(named));
	expect_a_balloon();
	assert_int_equal(map_nr_pages(), 1);
}

static void no_more_devices_than_there_is_room_for(void **state)
{
	struct fake_virtio *other;

	(void)state;
	boot(FAKE_PCI_MODERN);
	other = fake_virtio_add(&fake_balloon_model, FEATURES);
	fake_bus_add(other, FAKE_PCI_MODERN, LINE + 1);
	virtio_init();
	assert_said_once("pci device 00:02.0: second balloon device: disabled");
	assert_true(fake->status & STATUS_DRIVER_OK);
	assert_int_equal(other->status, 0);
	assert_int_equal(map_nr_pages(), 4);
}

int main(void)
{
	static const enum fake_reach all[] = {FAKE_MMIO, FAKE_MMIO_LEGACY, FAKE_PCI_MODERN,
					      FAKE_PCI_LEGACY, FAKE_PCI_TRANSITIONAL};
	static const uint64_t sizes[] = {1, 511, 512, 4096, 1ULL << 40};
	static const bool hidden[] = {false, true};
	static const enum fake_reach windows[] = {FAKE_MMIO, FAKE_MMIO_LEGACY};
	static const enum fake_reach mapped[] = {FAKE_MMIO, FAKE_PCI_MODERN};

	TEST_ALL(a_device_is_found_however_it_is_reached, all);
	TEST_ALL(one_that_lies_there_is_left_alone_there, all);
	TEST_ALL(a_line_that_is_not_there_is_said, all);
	TEST_ALL(a_device_that_is_no_balloon_is_left_alone, all);
	TEST_ALL(an_interrupt_has_two_reasons, all);
	TEST_ALL(one_interrupt_may_have_both_reasons, all);
	TEST_ALL(a_queue_that_is_in_use_is_none, windows);
	TEST_ALL(without_memory_for_queues_nothing_stays_mapped, all);
	TEST_ALL(without_memory_for_mappings_there_is_no_device, mapped);
	TEST_ALL(devices_that_are_named_are_found, sizes);
	TEST_ONE(a_device_that_is_not_where_it_is_named_is_said);
	TEST_ALL(a_device_that_is_named_again_is_one, hidden);
	TEST_ONE(windows_without_a_device_are_passed_over);
	TEST_ONE(no_more_devices_than_there_is_room_for);
	return virtio_run_all();
}
