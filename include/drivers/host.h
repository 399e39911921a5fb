/* SPDX-License-Identifier: MIT */
/* The drivers of a kernel that is a Linux process: the balloon's backend, and who asks for it. */
#ifndef DRIVERS_HOST_H
#define DRIVERS_HOST_H

#include <kernel/types.h>

/* Registers the balloon's backend. Once. */
int host_balloon_init(void) __must_check;

#endif
