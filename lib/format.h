/* SPDX-License-Identifier: MIT */
/* Fields of formatted text: what vsnprintf.c parses and format.c writes. */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <lib/types.h>

#define LEN_MAX __INT_MAX__ /* lengths saturate here */

struct output {
	char *buf;
	size_t size; /* of buf, less the final NUL */
	size_t len;  /* the length that all of the text has; at most LEN_MAX */
};

struct spec {
	bool left, zero, plus, space, alt;
	int width, precision; /* precision below 0: none given */
	unsigned int size;    /* of an integer argument, in bytes */
};

struct base {
	unsigned int base;
	const char *digits;
};

void output_text(struct output *out, const char *text, size_t n);
void output_field(struct output *out, const struct spec *spec, const char *text, size_t n);

/* A number with what goes before its zeros: a sign, 0x. */
void output_number(struct output *out, const struct spec *spec, const char *prefix, uint64_t value,
		   const struct base *base);

#endif
