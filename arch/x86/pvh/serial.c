/* SPDX-License-Identifier: MIT */
/*
 * COM1, an ns16550: the console where Xen is not under us. Output that waits for room interrupts,
 * if the line can; input is polled.
 */
#include <arch/device.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/errno.h>

#include "arch/common/console/device.h"

#define COM1	  0x3f8
#define COM1_LINE 4

enum { DATA, INTERRUPTS, FIFO, LINE, MODEM, LINE_STATUS, MODEM_STATUS, SCRATCH };

#define DIVISOR_LOW    DATA
#define DIVISOR_HIGH   INTERRUPTS
#define LINE_8N1       0x03
#define LINE_DIVISOR   0x80
#define FIFO_CLEAR_ALL 0x07
#define MODEM_READY    0x0b /* DTR, RTS, and OUT2, which lets interrupts through */
#define INTERRUPT_ROOM 0x02
#define STATUS_READY   0x01
#define STATUS_EMPTY   0x20

static bool present, interrupts;

static void reg_write(unsigned int reg, uint8_t value)
{
	outb((uint16_t)(COM1 + reg), value);
}

static uint8_t reg_read(unsigned int reg)
{
	return inb((uint16_t)(COM1 + reg));
}

void serial_init(void)
{
	reg_write(SCRATCH, 0x5a);
	present = reg_read(SCRATCH) == 0x5a;
	if (!present)
		return;
	reg_write(INTERRUPTS, 0);
	reg_write(LINE, LINE_DIVISOR);
	reg_write(DIVISOR_LOW, 1); /* 115200 */
	reg_write(DIVISOR_HIGH, 0);
	reg_write(LINE, LINE_8N1);
	reg_write(FIFO, FIFO_CLEAR_ALL);
	reg_write(MODEM, MODEM_READY);
}

void serial_enable(void)
{
	interrupts = present && !interrupt_line_open(COM1_LINE);
}

static bool serial_put(char c)
{
	if (!(reg_read(LINE_STATUS) & STATUS_EMPTY))
		return false;
	reg_write(DATA, (uint8_t)c);
	return true;
}

size_t serial_write(const char *text, size_t n)
{
	return present ? console_put_lines(text, n, serial_put) : n;
}

void serial_watch(bool on)
{
	if (interrupts)
		reg_write(INTERRUPTS, on ? INTERRUPT_ROOM : 0);
}

int serial_read(char *text, size_t max)
{
	size_t n = 0;

	if (!present)
		return -ENODEV;
	while (n < max && (reg_read(LINE_STATUS) & STATUS_READY))
		text[n++] = (char)reg_read(DATA);
	return (int)n;
}
