/* SPDX-License-Identifier: MIT */
/* The pl011 (arch/arm/pl011.c) over one that takes nothing, little or all: output waits for room.
 */
#define ASM_MMIO_H /* registers are the test's */
#include <stdint.h>

static uint32_t mmio_read32(const volatile void *at);
static void mmio_write32(volatile void *at, uint32_t value);

#include "arch/arm/pl011.c"
#include "console.h"
#include "tests/unit/random.h"

static volatile uint32_t page[0x1000 / 4];
static size_t room;	  /* bytes that it takes */
static size_t typed_left; /* bytes that wait in it */

struct machine machine = {.uart = {0x9000000, 0x1000}, .uart_interrupt = 33};

static uint32_t mmio_read32(const volatile void *at)
{
	if (at == &page[FLAGS])
		return (room ? 0 : FLAG_OUTPUT_FULL) | (typed_left ? 0 : FLAG_INPUT_EMPTY);
	assert_ptr_equal(at, &page[DATA]);
	assert_true(typed_left > 0);
	return (uint32_t)('a' + --typed_left % 26);
}

static void mmio_write32(volatile void *at, uint32_t value)
{
	if (at == &page[DATA]) {
		assert_true(room > 0);
		room--;
		get((char)value);
	}
	*(volatile uint32_t *)at = value;
}

volatile void *fixed_map_device(enum fixed_page where, paddr_t addr, unsigned int nr)
{
	assert_int_equal(where, FIXED_UART);
	assert_int_equal(addr.v, machine.uart.base);
	assert_int_equal(nr, 1);
	return page;
}

size_t console_device_write(const char *text, size_t n)
{
	return pl011_write(text, n);
}

void console_device_watch(bool on)
{
	pl011_watch(on);
}

static void take_room(size_t n)
{
	room = n;
	pl011_interrupt();
	console_flush();
}

static void without_one_all_is_dropped(void **state)
{
	(void)state;
	start_over();
	print(100);
	assert_true(console_flush());
	assert_int_equal(nr_got, 0);
	assert_int_equal(pl011_read(got, 1), -ENODEV);
}

static void output_waits_for_room_and_interrupts_only_then(void **state)
{
	uint64_t first = nr_printed;

	(void)state;
	start_over();
	pl011_init(&machine);
	room = 10;
	print(1000); /* before there are interrupts */
	assert_int_equal(nr_got, 10);
	assert_int_equal(page[MASK], 0);
	assert_true(pl011_enable(&machine));
	take_room(10);
	assert_int_equal(nr_got, 20);
	assert_int_equal(page[MASK], INTERRUPT_INPUT | INTERRUPT_ROOM);
	take_room(100000);
	assert_int_equal(page[MASK], INTERRUPT_INPUT);
	assert_int_equal(check_got(first, true), 0);
}

static void a_reader_that_stops_costs_text_and_not_input(void **state)
{
	uint64_t first = nr_printed;
	char text[300];

	(void)state;
	start_over();
	room = 0;
	print(5 * KEPT);
	typed_left = 5;
	pl011_interrupt();
	assert_int_equal(pl011_read(text, sizeof(text)), 5);
	for (int i = 0; i < 2000; i++)
		take_room(random_below(30));
	take_room(100000);
	assert_int_equal(check_got(first, true), 4 * KEPT);
	assert_int_equal(page[MASK], INTERRUPT_INPUT);
}

static void input_that_is_not_read_waits_in_it(void **state)
{
	char text[TYPED_MAX + 100];

	(void)state;
	room = 0;
	typed_left = TYPED_MAX + 10;
	print(1);
	pl011_interrupt();
	assert_int_equal(page[MASK], INTERRUPT_ROOM);
	assert_int_equal(pl011_read(text, sizeof(text)), TYPED_MAX);
	assert_int_equal(page[MASK], INTERRUPT_INPUT | INTERRUPT_ROOM);
	assert_int_equal(pl011_read(text, sizeof(text)), 10);
	take_room(100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_one_all_is_dropped),
		cmocka_unit_test(output_waits_for_room_and_interrupts_only_then),
		cmocka_unit_test(a_reader_that_stops_costs_text_and_not_input),
		cmocka_unit_test(input_that_is_not_read_waits_in_it),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
