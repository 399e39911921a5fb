/* SPDX-License-Identifier: MIT */
/* COM1, an ns16550, polled: the console where Xen is not under us. */
#include <asm/hvm.h>
#include <asm/insn.h>
#include <kernel/errno.h>

#define COM1 0x3f8

enum { DATA, INTERRUPTS, FIFO, LINE, MODEM, LINE_STATUS, MODEM_STATUS, SCRATCH };

#define DIVISOR_LOW    DATA
#define DIVISOR_HIGH   INTERRUPTS
#define LINE_8N1       0x03
#define LINE_DIVISOR   0x80
#define FIFO_CLEAR_ALL 0x07
#define MODEM_READY    0x03 /* DTR, RTS */
#define STATUS_READY   0x01
#define STATUS_EMPTY   0x20

/* A line that stands still is not waited for longer than this many looks. */
#define LOOKS_MAX 1000000U

static bool present;

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

static void put(char c)
{
	for (unsigned int i = 0; i < LOOKS_MAX; i++) {
		if (reg_read(LINE_STATUS) & STATUS_EMPTY) {
			reg_write(DATA, (uint8_t)c);
			return;
		}
	}
	/* Nobody takes what we say: say nothing any more rather than crawl. */
	present = false;
}

void serial_write(const char *text, size_t n)
{
	for (size_t i = 0; present && i < n; i++) {
		if (text[i] == '\n')
			put('\r');
		put(text[i]);
	}
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
