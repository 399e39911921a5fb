/* SPDX-License-Identifier: MIT */
/* Writes padded fields and numbers into a buffer that is never overrun, and counts all the same. */
#include <lib/string.h>

#include "format.h"

#define DIGITS_MAX 20 /* of a 64-bit number, in decimal */

static size_t output_room(const struct output *out, size_t n)
{
	return out->len < out->size ? MIN(n, out->size - out->len) : 0;
}

static void output_advance(struct output *out, size_t n)
{
	out->len = n < LEN_MAX - out->len ? out->len + n : LEN_MAX;
}

void output_text(struct output *out, const char *text, size_t n)
{
	size_t room = output_room(out, n);

	if (room)
		memcpy(out->buf + out->len, text, room);
	output_advance(out, n);
}

static void output_repeat(struct output *out, char c, size_t n)
{
	size_t room = output_room(out, n);

	if (room)
		memset(out->buf + out->len, c, room);
	output_advance(out, n);
}

/* How much is missing of `width`. */
static size_t padding(int width, size_t n)
{
	return width > 0 && (size_t)width > n ? (size_t)width - n : 0;
}

void output_field(struct output *out, const struct spec *spec, const char *text, size_t n)
{
	size_t pad = padding(spec->width, n);

	if (!spec->left)
		output_repeat(out, ' ', pad);
	output_text(out, text, n);
	if (spec->left)
		output_repeat(out, ' ', pad);
}

void output_number(struct output *out, const struct spec *spec, const char *prefix, uint64_t value,
		   const struct base *base)
{
	char digits[DIGITS_MAX];
	char *end = digits + sizeof(digits), *first = end;
	size_t nr_digits, zeros, pad;

	for (; value; value /= base->base)
		*--first = base->digits[value % base->base];
	if (first == end && spec->precision != 0)
		*--first = '0';
	nr_digits = (size_t)(end - first);
	zeros = padding(spec->precision, nr_digits);
	pad = padding(spec->width, strlen(prefix) + zeros + nr_digits);
	if (spec->zero && !spec->left && spec->precision < 0) {
		zeros = pad;
		pad = 0;
	}
	if (!spec->left)
		output_repeat(out, ' ', pad);
	output_text(out, prefix, strlen(prefix));
	output_repeat(out, '0', zeros);
	output_text(out, first, nr_digits);
	if (spec->left)
		output_repeat(out, ' ', pad);
}
