/* SPDX-License-Identifier: MIT */
/*
 * Text out. printk formats into a buffer on the stack and hands whole pieces to a sink: lib depends
 * on nothing, so whoever owns a console gives itself as the sink. May be called anywhere, in
 * interrupts too; never sleeps. Without a sink the text is dropped.
 */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include <lib/types.h>
#include <stdarg.h>

/* Writes `n` bytes somewhere. Must not call printk. */
typedef void (*printk_sink)(const char *text, size_t n);

/* Send all text to `sink` from now on. Context: any. */
void printk_set_sink(printk_sink sink);

/* Print formatted text, at most 511 bytes a call. Context: any. */
void printk(const char *fmt, ...) __printf(1, 2);
void vprintk(const char *fmt, va_list ap) __printf(1, 0);

/*
 * As C11's: at most `size` bytes with the final NUL, returns the length the whole would have.
 * Conversions: d i u x X c s p %, flags - 0 + space #, width and precision (also *),
 * lengths hh h l ll z t j. An unknown conversion is printed as it stands.
 */
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);

#endif
