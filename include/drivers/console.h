/* SPDX-License-Identifier: MIT */
/* The console: the best one that a driver found, else the port's own (arch/console.h). */
#ifndef DRIVERS_CONSOLE_H
#define DRIVERS_CONSOLE_H

#include <kernel/types.h>

/* A printk sink. Any context; never sleeps. */
void console_write(const char *text, size_t n);

/* What was typed, at most `max` bytes, 0 if nothing; never waits. -ENODEV: it cannot be read. */
int console_read(char *text, size_t max);

#endif
