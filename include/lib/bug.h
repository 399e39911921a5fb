/* SPDX-License-Identifier: MIT */
/* What only a bug can do. Never for what a host, a toolstack or a user says: that is input. */
#ifndef LIB_BUG_H
#define LIB_BUG_H

#include <lib/config.h>
#include <lib/types.h>

/* Prints the message, registers and a backtrace where the port can, and ends the machine. */
void panic(const char *fmt, ...) __noreturn __printf(1, 2);

#define assert(cond)                                                                               \
	do {                                                                                       \
		if (unlikely(!(cond))) {                                                           \
			if (IS_ENABLED(CONFIG_ASSERT_TEXT))                                        \
				panic("assertion failed at %s:%d: %s", __FILE__, __LINE__, #cond); \
			panic("assertion failed");                                                 \
		}                                                                                  \
	} while (0)

#endif
