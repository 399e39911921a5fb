/* SPDX-License-Identifier: MIT */
/* A port's console device, for arch/common/console/output.c, and a helper for such devices. */
#ifndef CONSOLE_DEVICE_H
#define CONSOLE_DEVICE_H

#include <lib/types.h>

/*
 * Pass text to the device, as much as it takes at once. Without a device, or after it failed for
 * good, all counts as taken.
 * Return: how many bytes it took.
 * Context: any, interrupts off; never waits.
 */
size_t console_device_write(const char *text, size_t n);

/*
 * Request an interrupt when the device has room, or soon; `on` false: no more of them. Called again
 * after each attempt that left text.
 * Context: any, interrupts off.
 */
void console_device_watch(bool on);

/*
 * Write to a device that takes single characters, by `put` (false: no room), with a carriage return
 * before each newline. One device at a time.
 * Return: how many bytes of the text it took.
 */
size_t console_put_lines(const char *text, size_t n, bool (*put)(char c));

#endif
