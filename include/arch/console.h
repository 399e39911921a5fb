/* SPDX-License-Identifier: MIT */
/*
 * The console that a port always has, from its first line on (hypervisor console, debug port). Text
 * that the device does not take is kept, 16 KiB of it (arch/common/console/output.c): nothing ever
 * waits for a reader that stopped. What is lost then is the oldest, and a mark counts its bytes.
 */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <lib/types.h>

/*
 * A printk sink.
 *
 * Context: any; never sleeps. Spins for at most 100 ms when what is kept fills up, and not at all
 * while the device stands still.
 */
void console_early_write(const char *text, size_t n);

/*
 * Hands the device what is kept, as far as it takes it.
 *
 * Return: true if nothing is left.
 * Context: any; never waits. In an interrupt at most 512 bytes.
 */
bool console_flush(void);

/*
 * True while a thread that prints much should sleep a little and ask again: half of the room is
 * taken, and the device took something within the last second.
 */
bool console_is_slow(void);

/*
 * Hands over what is kept before the machine ends. Gives up one second after the device took
 * something last, and after ten in any case. Returns at once if it is interrupted by itself, as by
 * a fault of the device's code or a second signal.
 *
 * Context: any.
 */
void console_finish(void);

/*
 * What was typed so far, at most `max` bytes, 0 if nothing; never waits. -ENODEV: this console
 * cannot be read. Threads only.
 */
int console_early_read(char *text, size_t max);

#endif
