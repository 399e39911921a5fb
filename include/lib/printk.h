/* SPDX-License-Identifier: MIT */
/*
 * Text output. printk formats into a buffer on the stack and passes whole pieces to a sink, which
 * the owner of a console sets. Without a sink the text is dropped. Context: any; never sleeps.
 */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include <lib/types.h>
#include <stdarg.h>

/* Writes `n` bytes. Must not call printk. */
typedef void (*printk_sink)(const char *text, size_t n);

/* Send all text to `sink` from now on. Context: any. */
void printk_set_sink(printk_sink sink);

/* Print formatted text, at most 511 bytes a call. Context: any. */
void printk(const char *fmt, ...) __printf(1, 2);
void vprintk(const char *fmt, va_list ap) __printf(1, 0);

/*
 * Format text as C11 does, at most `size` bytes with the final NUL.
 * Conversions: d i u x X c s p %, flags - 0 + space #, width and precision (also *),
 * lengths hh h l ll z t j. An unknown conversion is printed as it stands.
 * Return: the length that the whole text would have.
 */
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) __printf(3, 0);

#endif
