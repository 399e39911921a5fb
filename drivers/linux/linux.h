/* SPDX-License-Identifier: MIT */
/* The drivers of a Linux process: the balloon's backend, and the sources of its target. */
#ifndef DRIVERS_LINUX_H
#define DRIVERS_LINUX_H

#include <lib/types.h>

#define LINUX_NO_TARGET (~0UL)

/* Register the balloon's backend. Context: thread, once. */
int linux_balloon_init(void) __must_check;

/*
 * Set the target of one source, in frames, or LINUX_NO_TARGET. The least of all is the balloon's.
 * Context: any.
 */
enum linux_wish { LINUX_WISH_CONTROL, LINUX_WISH_PRESSURE, NR_LINUX_WISHES };
void linux_wish(enum linux_wish who, unsigned long frames);

/* Listen at a path. Return: negative, with one message, if it cannot. Context: thread, once. */
int linux_control_init(const char *path) __must_check;

/* Wake the control socket's thread. Context: interrupt. */
void linux_control_interrupt(void);

/* Follow the memory pressure that the machine reports. Context: thread, once. */
int linux_pressure_init(void) __must_check;

#endif
