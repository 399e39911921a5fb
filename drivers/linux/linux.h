/* SPDX-License-Identifier: MIT */
/* The drivers of a kernel that is a Linux process: the balloon's backend, and who asks for it. */
#ifndef DRIVERS_LINUX_H
#define DRIVERS_LINUX_H

#include <lib/types.h>

#define LINUX_NO_TARGET (~0UL)

/* Registers the balloon's backend. Once. */
int linux_balloon_init(void) __must_check;

/*
 * Who wants how much, in frames, or LINUX_NO_TARGET; the least of it is the balloon's target. Any
 * context.
 */
enum linux_wish { LINUX_WISH_CONTROL, LINUX_WISH_PRESSURE, NR_LINUX_WISHES };
void linux_wish(enum linux_wish who, unsigned long frames);

/* Listens at a path. Negative: it cannot, one line said. Once. */
int linux_control_init(const char *path) __must_check;

/* Something came in, perhaps for the control socket. In an interrupt. */
void linux_control_interrupt(void);

/* Follows the machine's memory pressure, as far as the machine tells of it. Once. */
int linux_pressure_init(void) __must_check;

#endif
