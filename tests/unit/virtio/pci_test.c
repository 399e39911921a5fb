/* SPDX-License-Identifier: MIT */
/*
 * PCI functions whose capabilities and BARs make no sense, or are odd and can be; BARs that nobody
 * placed. Bridges have pci_tree_test.c.
 */
#include "bus.h"

#define NOWHERE ": registers not accessible: ignored"

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
	{0x68, 4, 0x2002},     /* */
	{0x78, 4, 0x3001},     /* */
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

/* A card, or a virtio device that nobody drives: on a line that is shared it would never let go. */
static void only_what_is_driven_may_interrupt(void **state)
{
	static const uint32_t ids[] = {0x100e8086, 0x10421af4, 0x10011af4};
	const uint32_t *command[ARRAY_SIZE(ids)], no_intx = 1U << 10;
	uint32_t *driven;

	(void)state;
	boot(FAKE_PCI_MODERN);
	driven = &fake_bus_function()->config.words[FAKE_COMMAND];
	*driven |= no_intx;
	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		struct fake_function *function = fake_bus_add_function(8 * (i + 8));

		function->config.words[0] = ids[i];
		function->config.words[FAKE_COMMAND] = 1U << 20 | 7;
		function->config.words[11] = 2U << 16;
		command[i] = &function->config.words[FAKE_COMMAND];
	}
	virtio_init();
	assert_said_nothing();
	assert_true(fake->status & STATUS_DRIVER_OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++)
		assert_int_equal(*command[i] & 0xffff, no_intx | 7);
	assert_false(*driven & no_intx);
}

/* Not placed, or beyond the end of all addresses; where registers are in it makes a place of it. */
static const struct far_bar {
	uint32_t low, high, offset;
} far_bars[] = {
	{0x0000000c, 0, 0xfe000000},
	{0xffff000c, UINT32_MAX, 0x7f010000},
};

static void registers_of_a_bar_that_is_nowhere_are_nowhere(void **state)
{
	const struct far_bar *bar = *state;

	boot(FAKE_PCI_MODERN);
	fake_bus_function()->config.words[FAKE_BAR(4)] = bar->low;
	fake_bus_function()->config.words[FAKE_BAR(5)] = bar->high;
	memset(fake_bus_function()->bar_mask, 0, sizeof(fake_bus_function()->bar_mask));
	for (unsigned int at = 0x48; at <= 0x78; at += 0x10)
		fake_bus_function()->config.words[at / 4] = bar->offset;
	expect_none(NOWHERE);
}

/* But for these it works: only what cannot be is refused. */
static const struct wrong odds[] = {
	{0x71, 1, 0x40},       /* the list ends in a loop */
	{0x4c, 4, UINT32_MAX}, /* longer than anybody needs */
	{0x6c, 4, 0xffff0000}, /* */
	{0x58, 4, 0x1003},     /* where the ISR is has no alignment */
	{0x58 + 4, 4, 1},      /* it is one byte */
	{0x42, 1, 255},	       /* a longer capability */
	{0x08, 1, 255},	       /* any revision */
	{0x2e, 2, 0x1100},     /* and any subsystem */
	{0x3c, 1, LINE},
};

static void what_is_odd_and_can_be_works(void **state)
{
	const struct wrong *odd = *state;

	boot(FAKE_PCI_MODERN);
	memcpy(fake_bus_function()->config.bytes + odd->at, &odd->value, odd->bytes);
	expect_a_balloon();
}

/* A capability before those that QEMU has, which cannot be used. */
static const struct preferred {
	uint8_t type, bar;
	uint32_t offset, length;
} preferred[] = {
	{2, 2, 0, 4},		/* ports to notify by: modern-pio-notify=on */
	{1, 2, 0, 0x1000},	/* ports, for each other structure */
	{3, 2, 0, 0x1000},	/* */
	{4, 2, 0, 0x1000},	/* */
	{2, 1, 0, 4},		/* a BAR that is not placed */
	{2, 6, 0, 4},		/* or that is reserved */
	{1, 255, 0, 0x1000},	/* */
	{1, 4, 0, 0x37},	/* too short */
	{2, 4, 0x3000, 1},	/* */
	{3, 4, 0x1000, 0},	/* */
	{4, 4, 0x2000, 0},	/* */
	{1, 4, 2, 0x1000},	/* not aligned */
	{2, 4, 0x3001, 4},	/* */
	{4, 4, 0x2002, 0x1000}, /* */
	{0, 4, 0, 0x1000},	/* of a reserved type */
	{10, 4, 0, 0x1000},	/* */
	{255, 4, 0, 0x1000},	/* */
	{5, 0, 0, 0},		/* for access by configuration space */
	{8, 4, 0, 0x1000},	/* shared memory */
	{9, 4, 0, 0x1000},	/* of the vendor's */
};

static void the_first_structure_that_can_be_used_counts(void **state)
{
	const struct preferred *first = *state;
	uint8_t head[] = {0x09, 0x40, 20, first->type, first->bar};
	struct fake_function *function;

	boot(FAKE_PCI_MODERN);
	function = fake_bus_function();
	function->config.words[FAKE_BAR(2)] = 0xd001;
	memcpy(function->config.bytes + 0xa0, head, sizeof(head));
	memcpy(function->config.bytes + 0xa8, &first->offset, sizeof(first->offset));
	memcpy(function->config.bytes + 0xac, &first->length, sizeof(first->length));
	function->config.bytes[0x34] = 0xa0;
	expect_a_balloon();
	assert_int_equal(map_nr_pages(), 4);
}

/* A second one of each type is not looked at: it names what nothing answers at. */
static void of_two_structures_that_can_be_used_the_first_counts(void **state)
{
	struct fake_function *function;
	uint32_t elsewhere = 0x10000;

	(void)state;
	boot(FAKE_PCI_MODERN);
	function = fake_bus_function();
	for (unsigned int type = 1; type <= 4; type++) {
		uint8_t at = (uint8_t)(0x80 + 0x18 * type);
		uint8_t head[] = {0x09, (uint8_t)(at + 0x18), 20, (uint8_t)type, 4};

		memcpy(function->config.bytes + at, head, sizeof(head));
		memcpy(function->config.bytes + at + 8, &elsewhere, sizeof(elsewhere));
		memcpy(function->config.bytes + at + 12, &elsewhere, sizeof(elsewhere));
	}
	function->config.bytes[0x71] = 0x98;
	function->config.bytes[0xe1] = 0;
	expect_a_balloon();
}

static void where_it_is_notified_must_be_mapped(void **state)
{
	const uint32_t *step = *state;

	boot(FAKE_PCI_MODERN);
	memcpy(fake_bus_function()->config.bytes + 0x80, step, sizeof(*step));
	expect_none("missing queue");
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
	expect_none("pci device 00:01.0: unknown interrupt line: ignored");
}

static void a_function_without_a_pin_interrupts_by_messages(void **state)
{
	(void)state;
	boot(FAKE_PCI_MODERN);
	fake_bus_function()->config.bytes[0x3d] = 0;
	expect_none("pci device 00:01.0: MSI-X only");
}

/* Where there was no firmware, BARs hold anything. */
static void what_firmware_did_not_place_is_placed(void **state)
{
	const enum fake_reach *reach = *state;

	boot(*reach);
	fake_bus_no_firmware();
	expect_a_balloon_on(fake_line_of(1 << 3, 1));
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
	fake_bus_no_firmware();
	fake_bus_function()->config.words[FAKE_BAR(odd->bar)] = odd->kind;
	fake_bus_function()->bar_mask[odd->bar] = odd->mask;
	expect_a_balloon_on(fake_line_of(1 << 3, 1));
}

int main(void)
{
	static const enum fake_reach reaches[] = {FAKE_PCI_MODERN, FAKE_PCI_LEGACY,
						  FAKE_PCI_TRANSITIONAL};
	static const uint32_t steps[] = {1, 3, 0x1000, 0x80000000, UINT32_MAX};
	static const uint32_t bars[] = {0, 1, 0xc000, 0xfffd, 0x10001, 0xfffffffd};

	TEST_ALL(a_function_that_makes_no_sense_is_left_alone, wrongs);
	TEST_ALL(what_is_odd_and_can_be_works, odds);
	TEST_ALL(the_first_structure_that_can_be_used_counts, preferred);
	TEST_ONE(of_two_structures_that_can_be_used_the_first_counts);
	TEST_ALL(where_it_is_notified_must_be_mapped, steps);
	TEST_ALL(a_legacy_function_without_ports_is_left_alone, bars);
	TEST_ONE(only_what_is_driven_may_interrupt);
	TEST_ALL(registers_of_a_bar_that_is_nowhere_are_nowhere, far_bars);
	TEST_ONE(a_function_whose_line_nobody_knows_is_left_alone);
	TEST_ALL(what_firmware_did_not_place_is_placed, reaches);
	TEST_ALL(a_bar_that_makes_no_sense_is_not_placed, odd_bars);
	TEST_ONE(a_function_without_a_pin_interrupts_by_messages);
	return virtio_run_all();
}
