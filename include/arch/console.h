/* SPDX-License-Identifier: MIT */
/*
 * The console of a port, from its first line on (hypervisor console, debug port). Text that the
 * device does not take is kept, up to 16 KiB (arch/common/console/output.c). No caller waits for a
 * reader that stopped: the oldest text is lost, and a mark counts its bytes.
 */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <lib/types.h>

/*
 * Write text to the console: a printk sink.
 * Context: any; never sleeps. Spins for at most 100 ms when the buffer is full, and not at all
 * while the device takes nothing.
 */
void console_early_write(const char *text, size_t n);

/*
 * Pass kept text to the device, as far as it has room.
 * Return: true if nothing is left.
 * Context: any; never waits. In an interrupt at most 512 bytes.
 */
bool console_flush(void);

/*
 * Test whether a thread that prints much should sleep and test again: half of the buffer is full,
 * and the device took text within the last second.
 * Context: any.
 */
bool console_is_slow(void);

/*
 * Flush kept text before the machine ends. It gives up one second after the device last took text,
 * and after ten seconds in any case. A nested call (a fault in the device's code, a second signal)
 * returns at once.
 * Context: any.
 */
void console_finish(void);

/*
 * Read at most `max` bytes of pending input.
 * Return: the number of bytes, 0 if there are none; -ENODEV if this console has no input.
 * Context: thread; never waits.
 */
int console_early_read(char *text, size_t max);

#endif
