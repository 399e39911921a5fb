/* SPDX-License-Identifier: MIT */
/* The drivers as a whole, for the kernel. */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include <lib/parse.h>
#include <lib/types.h>

/*
 * Add virtio-mmio windows beside those of the machine. `window` must stay.
 * Return: -ENODEV if no driver here uses them.
 * Context: before drivers_init().
 */
int drivers_name_windows(const struct parsed_window *window, unsigned int nr) __must_check;

/*
 * Find and start the drivers of this platform.
 * Return: negative, with one message, if one failed.
 * Context: thread, once, after mm_init().
 */
int drivers_init(void) __must_check;

/* Pass an interrupt to every driver. Context: upcall_interrupt(), interrupts off. */
void drivers_interrupt(void);

/* Test whether console input interrupts. Otherwise a reader has to poll. Context: any. */
bool drivers_input_interrupts(void);

#endif
