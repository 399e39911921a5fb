/* SPDX-License-Identifier: MIT */
/*
 * COM1 (arch/x86/pvh/serial.c) and a domU's ring (arch/common/xen/console_ring.c) over a UART and a
 * host that take nothing, little or all.
 */
#define ASM_INSN_H /* ports are the test's */
#include <stdint.h>

static void outb(uint16_t port, uint8_t value);
static uint8_t inb(uint16_t port);

#include <asm/domain.h>
#include <asm/hypercall.h>
#include <xen/event_channel.h>
#include <xen/io/console.h>

#include "arch/x86/pvh/serial.c"
#include "tests/unit/arch/console.h"
#include "tests/unit/random.h"

#define PORT 7

static bool on_ring;

/* ---- a UART ---- */

static uint8_t reg[8];
static size_t room; /* bytes that it takes */
static bool no_line;

static uint8_t inb(uint16_t port)
{
	if (port == COM1 + LINE_STATUS)
		return room ? STATUS_EMPTY : 0;
	return reg[port - COM1];
}

static void outb(uint16_t port, uint8_t value)
{
	if (port == COM1 + DATA && !(reg[LINE] & LINE_DIVISOR)) {
		assert_true(room > 0);
		room--;
		get((char)value);
	}
	reg[port - COM1] = value;
}

int interrupt_line_open(unsigned int line)
{
	assert_int_equal(line, 4);
	return no_line ? -EINVAL : 0;
}

/* ---- a host with a ring ---- */

static struct xencons_interface page;
static unsigned long events;

long xen_event_channel_op(int cmd, void *arg)
{
	assert_int_equal(cmd, EVTCHNOP_send);
	assert_int_equal(((struct evtchn_send *)arg)->port, PORT);
	events++;
	return 0;
}

static void host_reads(size_t most)
{
	for (; most && page.out_cons != page.out_prod; most--)
		get(page.out[MASK_XENCONS_IDX(page.out_cons++, page.out)]);
	console_flush(); /* its event */
}

/* ---- both ---- */

size_t console_device_write(const char *text, size_t n)
{
	return on_ring ? console_ring_write(text, n) : serial_write(text, n);
}

void console_device_watch(bool on)
{
	if (!on_ring)
		serial_watch(on);
}

static int start_uart(void **state)
{
	(void)state;
	on_ring = false;
	room = 0;
	start_over();
	serial_init();
	return 0;
}

static int start_ring(void **state)
{
	(void)state;
	on_ring = true;
	page = (struct xencons_interface){0};
	console_ring_init(&page, PORT);
	start_over();
	events = 0;
	return 0;
}

static void a_uart_interrupts_while_output_waits(void **state)
{
	uint64_t first = nr_printed;

	(void)state;
	serial_enable();
	room = 10;
	print(1000);
	assert_int_equal(nr_got, 10);
	assert_int_equal(reg[INTERRUPTS], INTERRUPT_ROOM);
	room = 100000;
	console_flush();
	assert_int_equal(reg[INTERRUPTS], 0);
	assert_int_equal(check_got(first, true), 0);
}

static void without_an_interrupt_it_goes_on_when_it_is_tried_again(void **state)
{
	uint64_t first = nr_printed;

	(void)state;
	no_line = true;
	serial_enable();
	no_line = false;
	print(1000);
	assert_int_equal(reg[INTERRUPTS], 0);
	room = 100000;
	print(1);
	assert_int_equal(check_got(first, true), 0);
}

static void a_uart_that_stops_costs_text_and_not_the_console(void **state)
{
	uint64_t first = nr_printed;
	char text[1];

	(void)state;
	print(5 * KEPT);
	assert_int_equal(serial_read(text, 1), 0);
	for (int i = 0; i < 2000; i++) {
		room = random_below(30);
		console_flush();
	}
	room = 100000;
	console_flush();
	assert_int_equal(check_got(first, true), 4 * KEPT);
}

static void a_ring_that_is_read_late_loses_nothing_that_is_kept(void **state)
{
	uint64_t first = nr_printed;

	(void)state;
	print(KEPT);
	assert_in_range(events, 1, KEPT / 512);
	host_reads(SIZE_MAX);
	while (page.out_cons != page.out_prod)
		host_reads(1 + random_below(sizeof(page.out)));
	assert_int_equal(check_got(first, true), 0);
}

static void a_ring_that_is_not_read_loses_the_oldest(void **state)
{
	uint64_t first = nr_printed;

	(void)state;
	print(5 * KEPT);
	do
		host_reads(1 + random_below(3000));
	while (page.out_cons != page.out_prod);
	assert_in_range(check_got(first, true), 3 * KEPT, 4 * KEPT);
}

static void indexes_that_cannot_be_are_a_full_ring(void **state)
{
	uint64_t first = nr_printed;

	(void)state;
	page.out_cons = 5000;
	print(3 * KEPT);
	assert_int_equal(page.out_prod, 0);
	page.out_cons = 0;
	do
		host_reads(SIZE_MAX);
	while (page.out_cons != page.out_prod || !console_flush());
	assert_int_equal(check_got(first, true), 2 * KEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_uart_interrupts_while_output_waits, start_uart),
		cmocka_unit_test_setup(without_an_interrupt_it_goes_on_when_it_is_tried_again,
				       start_uart),
		cmocka_unit_test_setup(a_uart_that_stops_costs_text_and_not_the_console,
				       start_uart),
		cmocka_unit_test_setup(a_ring_that_is_read_late_loses_nothing_that_is_kept,
				       start_ring),
		cmocka_unit_test_setup(a_ring_that_is_not_read_loses_the_oldest, start_ring),
		cmocka_unit_test_setup(indexes_that_cannot_be_are_a_full_ring, start_ring),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
