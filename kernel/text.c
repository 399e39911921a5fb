/* SPDX-License-Identifier: MIT */
/* Text for people, and numbers and sizes that people type. Uses lib alone, so tests run it
 * anywhere. */
#include <aerostat/cmdline.h>
#include <aerostat/text.h>
#include <kernel/addr.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define FRAMES_PER_MIB (1024UL * 1024UL / PAGE_SIZE)

const char *text_size(char buf[TEXT_SIZE_MAX], unsigned long frames)
{
	static const char unit[] = {'M', 'G', 'T', 'P'};
	unsigned long scale = FRAMES_PER_MIB;
	unsigned int u = 0;

	if (frames < FRAMES_PER_MIB) {
		snprintf(buf, TEXT_SIZE_MAX, "%luK", frames * (PAGE_SIZE / 1024));
		return buf;
	}
	while (u < ARRAY_SIZE(unit) - 1 && frames / scale >= 1024 && scale < ~0UL / 1024) {
		scale *= 1024;
		u++;
	}
	unsigned long tenths = frames % scale / (scale / FRAMES_PER_MIB) * 10 / FRAMES_PER_MIB;

	if (tenths)
		snprintf(buf, TEXT_SIZE_MAX, "%lu.%lu%c", frames / scale, tenths, unit[u]);
	else
		snprintf(buf, TEXT_SIZE_MAX, "%lu%c", frames / scale, unit[u]);
	return buf;
}

void text_bar(char *bar, unsigned int width, unsigned long first, unsigned long second,
	      unsigned long whole)
{
	uint64_t unit = whole ? whole : 1;
	uint64_t to_first = MIN((uint64_t)first, unit) * width / unit;
	uint64_t to_second = MIN((uint64_t)first + second, unit) * width / unit;

	for (unsigned int i = 0; i < width; i++)
		bar[i] = i < to_first ? '#' : i < to_second ? '=' : '.';
	bar[width] = '\0';
}

unsigned int text_bar_place(unsigned int width, unsigned long n, unsigned long whole)
{
	uint64_t unit = whole ? whole : 1;
	uint64_t place = MIN((uint64_t)n, unit) * width / unit;

	return (unsigned int)(place ? place - 1 : 0);
}

const char *text_printable(char *buf, size_t size, const char *src)
{
	size_t n = strnlen(src, size);
	bool cut = n == size;

	n = MIN(n, size - 1);
	for (size_t i = 0; i < n; i++)
		buf[i] = src[i] >= ' ' && src[i] <= '~' ? src[i] : '?';
	buf[n] = '\0';
	if (cut && size > 3)
		memcpy(buf + n - 3, "...", 3);
	return buf;
}

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
