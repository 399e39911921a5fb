/* SPDX-License-Identifier: MIT */
/* Lines from the console: waiting for what is typed, echo, and the few keys that edit. */
#include <aerostat/shell.h>
#include <arch/console.h>
#include <arch/cpu.h>
#include <drivers/drivers.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "interrupt.h"

#define KEY_CTRL_C    3
#define KEY_CTRL_D    4
#define KEY_BACKSPACE 8
#define KEY_CTRL_U    21
#define KEY_ESCAPE    27
#define KEY_DELETE    127

/* Where the console does not interrupt, it is polled while a thread waits for a line. */
#define POLL_NS 50000000ULL

struct line {
	char *text;
	size_t len, size;
	bool too_long;
};

/* What was read and not yet used: a port hands over pieces, not characters. */
static struct {
	char text[64];
	unsigned int nr, used;
} typed;

/* Looks for input: 1 if something is typed and not yet used, 0 if nothing is, or -ENODEV. */
static int look(void)
{
	int n;

	if (typed.used < typed.nr)
		return 1;
	n = console_early_read(typed.text, sizeof(typed.text));
	typed.used = 0;
	typed.nr = n > 0 ? (unsigned int)n : 0;
	return n > 0 ? 1 : n;
}

static uint64_t next_look(void)
{
	return drivers_input_interrupts() ? 0 : clock_ns() + POLL_NS;
}

/* Others have their turns between two pieces, also when input never ends. */
static int read_char(char *c)
{
	unsigned long flags;
	int n;

	if (typed.used == typed.nr)
		thread_yield();
	flags = irq_save();
	while ((n = look()) == 0) {
		console_flush();
		thread_wait(&interrupt_queue, next_look());
	}
	irq_restore(flags);
	if (n < 0)
		return n;
	*c = typed.text[typed.used++];
	return 0;
}

bool console_can_read(void)
{
	return look() >= 0;
}

/* The rest of an arrow key or the like: ESC [ … letter. */
static int swallow_escape(void)
{
	char c;
	int err = read_char(&c);

	if (err || c != '[')
		return err;
	do
		err = read_char(&c);
	while (!err && (c < '@' || c > '~'));
	return err;
}

static void erase(struct line *line, size_t n)
{
	for (n = n < line->len ? n : line->len; n; n--) {
		line->len--;
		printk("\b \b");
	}
}

static void append(struct line *line, char c)
{
	if (c < ' ' || c > '~')
		return;
	if (line->len + 1 >= line->size) {
		line->too_long = true;
		return;
	}
	line->text[line->len++] = c;
	printk("%c", c);
}

/* One key that does not end the line. */
static int edit(struct line *line, char c)
{
	switch (c) {
	case KEY_BACKSPACE:
	case KEY_DELETE:
		erase(line, 1);
		return 0;
	case KEY_CTRL_U:
		erase(line, line->len);
		return 0;
	case KEY_ESCAPE:
		return swallow_escape();
	case '\t':
		c = ' ';
		break;
	}
	append(line, c);
	return 0;
}

static bool ends_line(char c)
{
	return c == '\r' || c == '\n' || c == KEY_CTRL_C;
}

int console_read_line(char *line, size_t size)
{
	struct line typing = {.text = line, .size = size};
	char c;
	int err;

	while (!(err = read_char(&c)) && !ends_line(c)) {
		if (c == KEY_CTRL_D && typing.len == 0)
			return -ENOENT;
		err = edit(&typing, c);
		if (err)
			break;
	}
	if (err)
		return err;
	if (c == KEY_CTRL_C) {
		typing.len = 0;
		typing.too_long = false;
		printk("^C");
	}
	printk("\n");
	line[typing.len] = '\0';
	return typing.too_long ? -E2BIG : 0;
}
