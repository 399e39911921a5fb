/* SPDX-License-Identifier: MIT */
/*
 * What was printed and the console's device has not taken. A device that stands still costs text
 * and nothing else: the oldest is overwritten, and a mark in its place counts it.
 */
#include <arch/console.h>
#include <arch/cpu.h>
#include <lib/printk.h>

#include "device.h"

#define KEPT_SIZE   (CONFIG_CONSOLE_BUFFER_KIB * 1024U) /* a power of two */
#define PIECE	    512U /* handed over, or taken in, with interrupts off */
#define MARK_SIZE   64U
#define WAIT_NS	    100000000ULL  /* for room: a device that took nothing for so long has stopped */
#define PATIENCE_NS 1000000000ULL /* of threads that print, and of the end */
#define END_NS	    10000000000ULL
#define LOOKS_MAX   100000U /* while the clock stands still, early in boot */

static struct {
	char text[KEPT_SIZE];
	/* Run on. What lies between was not taken; the last KEPT_SIZE bytes of it are there. */
	uint64_t in, out;
	uint64_t nr_taken; /* bytes, marks among them */
	uint64_t taken_ns; /* when the last was taken, or the first began to wait */
	bool behind;	   /* room was waited for in vain: not again before half of it is free */
	bool watched;
} kept;

static struct {
	char text[MARK_SIZE];
	size_t len, out;
	uint64_t lost; /* bytes, as it states */
} mark;

static bool is_empty(void)
{
	return kept.in == kept.out && !mark.out;
}

static bool has_room(size_t n)
{
	return kept.in - kept.out + n <= KEPT_SIZE;
}

static size_t output_give(const char *text, size_t n)
{
	size_t took = console_device_write(text, n);

	kept.nr_taken += took;
	return took;
}

/* Bytes that are gone, and that no mark counts yet. */
static uint64_t overwritten(void)
{
	uint64_t waiting = kept.in - kept.out;

	return waiting > KEPT_SIZE ? waiting - KEPT_SIZE : 0;
}

static void make_mark(void)
{
	mark.lost = overwritten();
	mark.len = (size_t)snprintf(mark.text, sizeof(mark.text), "\n[... %llu bytes lost ...]\n",
				    (unsigned long long)mark.lost);
}

/* The number may grow until the device takes the mark's first byte. */
static bool write_mark(void)
{
	size_t took;

	if (!mark.out)
		make_mark();
	took = output_give(mark.text + mark.out, mark.len - mark.out);
	if (!mark.out && took)
		kept.out += mark.lost;
	mark.out += took;
	if (mark.out < mark.len)
		return false;
	mark.out = 0;
	return true;
}

/* False: the device has no room, or nothing is left. */
static bool write_piece(void)
{
	size_t at, n, took;

	if (mark.out || overwritten())
		return write_mark();
	at = kept.out % KEPT_SIZE;
	n = (size_t)MIN(kept.in - kept.out, (uint64_t)MIN(PIECE, KEPT_SIZE - at));
	took = n ? output_give(kept.text + at, n) : 0;
	kept.out += took;
	return took && took == n;
}

/* Hands over one piece. False: there is no use in trying the next at once. */
static bool hand_over(void)
{
	unsigned long flags = irq_save();
	uint64_t before = kept.nr_taken;
	bool more = write_piece();
	bool left = !is_empty();

	if (left && (kept.nr_taken != before || !kept.watched))
		kept.taken_ns = clock_ns();
	if (left || kept.watched)
		console_device_watch(left);
	kept.watched = left;
	kept.behind = kept.behind && !has_room(KEPT_SIZE / 2);
	irq_restore(flags);
	return more && left;
}

bool console_flush(void)
{
	/* An interrupt comes again. */
	while (!is_empty() && hand_over() && !in_interrupt())
		;
	return is_empty();
}

/* Did the device stop, or was it waited for long enough? `looks` at a clock that stands still
 * count. */
static bool is_over(uint64_t begin, uint64_t patience, uint64_t most, unsigned int *looks)
{
	uint64_t now = clock_ns();

	/* An interrupt may have handed over text since then. */
	return now >= kept.taken_ns + patience || now - begin >= most ||
	       (now == begin && ++*looks >= LOOKS_MAX);
}

static void wait_for_room(size_t n)
{
	uint64_t begin = clock_ns();
	unsigned int looks = 0;

	while (!kept.behind && !has_room(n)) {
		cpu_relax();
		console_flush();
		kept.behind = is_over(begin, WAIT_NS, WAIT_NS, &looks);
	}
}

static void keep(const char *text, size_t n)
{
	unsigned long flags = irq_save();

	for (size_t i = 0; i < n; i++)
		kept.text[kept.in++ % KEPT_SIZE] = text[i];
	irq_restore(flags);
}

void console_early_write(const char *text, size_t n)
{
	while (n) {
		size_t piece = MIN(n, (size_t)PIECE);

		if (!has_room(piece))
			wait_for_room(piece);
		keep(text, piece);
		console_flush();
		text += piece;
		n -= piece;
	}
}

bool console_is_slow(void)
{
	return !console_flush() && !has_room(KEPT_SIZE / 2) &&
	       clock_ns() < kept.taken_ns + PATIENCE_NS;
}

void console_finish(void)
{
	static bool finishing;
	uint64_t begin = clock_ns();
	unsigned int looks = 0;

	if (finishing)
		return;
	finishing = true;
	kept.taken_ns = begin;
	while (!console_flush() && !is_over(begin, PATIENCE_NS, END_NS, &looks))
		cpu_relax();
	finishing = false;
}

size_t console_put_lines(const char *text, size_t n, bool (*put)(char c))
{
	static bool returned; /* the carriage return is out, and its newline is not */
	size_t i;

	for (i = 0; i < n; i++) {
		if (text[i] == '\n' && !returned && !put('\r'))
			break;
		returned = text[i] == '\n';
		if (!put(text[i]))
			break;
		returned = false;
	}
	return i;
}
