/* SPDX-License-Identifier: MIT */
/* What only a bug can cause. Values from a host, a toolstack or a user are input: never asserted.
 */
#ifndef LIB_BUG_H
#define LIB_BUG_H

#include <lib/config.h>
#include <lib/types.h>

/* Print a message, registers and a backtrace where the port can, and end the machine. Context: any.
 */
void panic(const char *fmt, ...) __noreturn __printf(1, 2);

#if IS_ENABLED(CONFIG_ASSERT_TEXT)
#define assert_failed(text) panic("assertion failed at %s:%d: %s", __FILE__, __LINE__, text)
#else
#define assert_failed(text) panic("assertion failed")
#endif

#define assert(cond)                          \
	do {                                  \
		if (unlikely(!(cond)))        \
			assert_failed(#cond); \
	} while (0)

#endif
