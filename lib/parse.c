/* SPDX-License-Identifier: MIT */
/* Numbers and sizes that people type. */
#include <lib/parse.h>

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

/* Takes the suffix that is there, or none. NULL: it is too much. */
static const char *parse_suffix(const char *text, uint64_t *value)
{
	int shift = suffix_shift(*text);

	if (shift <= 0)
		return text;
	if (*value > UINT64_MAX >> shift)
		return NULL;
	*value <<= shift;
	return text + 1;
}

static bool is_hex(const char *text)
{
	return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

bool parse_size(const char *text, uint64_t *bytes)
{
	bool hex = is_hex(text);
	uint64_t value;
	const char *end = parse_digits(hex ? text + 2 : text, hex ? 16 : 10, &value);

	if (end)
		end = parse_suffix(end, &value);
	if (!end || *end)
		return false;
	*bytes = value;
	return true;
}

/* A number as C has it, decimal, 0x or octal, behind this character; as parse_digits(). */
static const char *parse_c_number(const char *text, uint64_t *value)
{
	if (is_hex(text))
		return parse_digits(text + 2, 16, value);
	return parse_digits(text, text[0] == '0' ? 8 : 10, value);
}

/* What stands behind this character; NULL if it does not, or behind NULL. */
static const char *behind(const char *text, char c)
{
	return text && *text == c ? text + 1 : NULL;
}

/* An ID, of which nothing comes here, or none. */
static bool ends_in_id(const char *text)
{
	const char *id = behind(text, ':');
	uint64_t value;

	if (id && *id == '-')
		id++;
	if (id)
		text = parse_digits(id, 10, &value);
	return text && !*text;
}

bool parse_window(const char *text, struct parsed_window *window)
{
	uint64_t bytes, base, line, end;
	const char *at = parse_c_number(text, &bytes);

	at = behind(at ? parse_suffix(at, &bytes) : NULL, '@');
	at = behind(at ? parse_c_number(at, &base) : NULL, ':');
	at = at ? parse_digits(at, 10, &line) : NULL;
	if (!at || !ends_in_id(at) || !bytes || !line || line > UINT32_MAX ||
	    __builtin_add_overflow(base, bytes, &end))
		return false;
	*window = (struct parsed_window){base, bytes, (unsigned int)line};
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
