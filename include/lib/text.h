/* SPDX-License-Identifier: MIT */
/* Text for people: sizes, bars, and what somebody typed made fit to print. Any context. */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <lib/parse.h>
#include <lib/types.h>

#define TEXT_SIZE_MAX 32

/* "480M", "1.5G", "12K": so many frames in units that can be typed back; `buf` is returned. */
const char *text_size(char buf[TEXT_SIZE_MAX], unsigned long frames);

/*
 * A bar of `width` characters and a NUL: '#' for `first`, '=' for `second`, '.' for the rest of
 * `whole`. What is more than the whole is cut.
 */
void text_bar(char *bar, unsigned int width, unsigned long first, unsigned long second,
	      unsigned long whole);

/* Where in such a bar `n` of `whole` end: the last character that is theirs, 0 to width - 1. */
unsigned int text_bar_place(unsigned int width, unsigned long n, unsigned long whole);

/* At most size - 1 characters of `src`, what cannot be printed as '?', "..." where it was cut. */
const char *text_printable(char *buf, size_t size, const char *src);

#endif
