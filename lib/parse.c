/* SPDX-License-Identifier: MIT */
/* Numbers and sizes that people type. */
#include <kernel/parse.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads digits up to the first character that is none; NULL if there are none, or too many. */
static const char *parse_digits(const char *text, int base, uint64_t *value)
{
	const char *p = text;

	*value = 0;
	for (int d; (d = digit_value(*p)) >= 0 && d < base; p++) {
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)d, value))
			return NULL;
	}
	return p == text ? NULL : p;
}

/* The power of two that a suffix stands for; -1 for one that is none. */
static int suffix_shift(char c)
{
	switch (c) {
	case '\0':
		return 0;
	case 'k':
	case 'K':
		return 10;
	case 'm':
	case 'M':
		return 20;
	case 'g':
	case 'G':
		return 30;
	case 't':
	case 'T':
		return 40;
	default:
		return -1;
	}
}

bool parse_size(const char *text, uint64_t *bytes)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	uint64_t value;
	const char *end = parse_digits(hex ? text + 2 : text, hex ? 16 : 10, &value);

	if (!end)
		return false;

	int shift = suffix_shift(*end);

	if (shift < 0 || (*end && end[1]) || value > UINT64_MAX >> shift)
		return false;
	*bytes = value << shift;
	return true;
}

bool parse_number(const char *text, unsigned long max, unsigned long *number)
{
	uint64_t value;
	const char *end = parse_digits(text, 10, &value);

	if (!end || *end || value > max)
		return false;
	*number = (unsigned long)value;
	return true;
}
