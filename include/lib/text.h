/* SPDX-License-Identifier: MIT */
/* Text for people: sizes, bars, and printable copies of input. Context: any. */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <lib/parse.h>
#include <lib/types.h>

#define TEXT_SIZE_MAX 32

/* Format frames as a size, "480M", "1.5G" or "12K", in units of parse_size(). Return: `buf`. */
const char *text_size(char buf[TEXT_SIZE_MAX], unsigned long frames);

/*
 * Draw a bar of `width` characters and a NUL: '#' for `first`, '=' for `second`, '.' for the rest
 * of `whole`. An excess over `whole` is cut.
 */
void text_bar(char *bar, unsigned int width, unsigned long first, unsigned long second,
	      unsigned long whole);

/* Return the last character, 0 to width - 1, that `n` of `whole` cover in a bar of text_bar(). */
unsigned int text_bar_place(unsigned int width, unsigned long n, unsigned long whole);

/* Copy at most size - 1 characters of `src`, unprintable ones as '?', "..." where it was cut. */
const char *text_printable(char *buf, size_t size, const char *src);

#endif
