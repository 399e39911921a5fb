/* SPDX-License-Identifier: MIT */
/* The drivers of a kernel that is a Linux process: the balloon's backend, and who asks for it. */
#ifndef DRIVERS_HOST_H
#define DRIVERS_HOST_H

#include <lib/types.h>

#define HOST_NO_TARGET (~0UL)

/* Registers the balloon's backend. Once. */
int host_balloon_init(void) __must_check;

/*
 * Who wants how much, in frames, or HOST_NO_TARGET; the least of it is the balloon's target. Any
 * context.
 */
enum host_wish { HOST_WISH_CONTROL, HOST_WISH_PRESSURE, NR_HOST_WISHES };
void host_wish(enum host_wish who, unsigned long frames);

/* Listens at a path. Negative: it cannot, one line said. Once. */
int host_control_init(const char *path) __must_check;

/* Something came in, perhaps for the control socket. In an interrupt. */
void host_control_interrupt(void);

/* Follows the machine's memory pressure, as far as the machine tells of it. Once. */
int host_pressure_init(void) __must_check;

#endif
