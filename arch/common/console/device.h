/* SPDX-License-Identifier: MIT */
/* What a port's console does for arch/common/console/output.c, and what that offers to consoles. */
#ifndef CONSOLE_DEVICE_H
#define CONSOLE_DEVICE_H

#include <lib/types.h>

/*
 * Hands text to the device, as much as it takes at once. Where there is no device, or one that
 * refuses for good, all counts as taken.
 *
 * Return: how many bytes it took.
 * Context: any, interrupts off; never waits.
 */
size_t console_device_write(const char *text, size_t n);

/*
 * Requests an interrupt when the device can take more, or soon; `on` false: no more of them. Called
 * again after each attempt that left something.
 *
 * Context: any, interrupts off.
 */
void console_device_watch(bool on);

/*
 * Writes to a device that takes characters one by one, by `put` (false: no room), with a carriage
 * return before each newline. One device at a time.
 *
 * Return: how many bytes of the text it took.
 */
size_t console_put_lines(const char *text, size_t n, bool (*put)(char c));

#endif
