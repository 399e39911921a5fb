/* SPDX-License-Identifier: MIT */
/* The console that a port always has, from its first line on (hypervisor console, debug port). */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <kernel/types.h>

/* A printk sink. Any context; never sleeps; drops what cannot be written. */
void console_early_write(const char *text, size_t n);

/*
 * What was typed so far, at most `max` bytes, 0 if nothing; never waits. -ENODEV: this console
 * cannot be read. Threads only.
 */
int console_early_read(char *text, size_t max);

#endif
