/* SPDX-License-Identifier: MIT */
/* printf: reads the format and fetches the arguments; format.c writes the fields. */
#include <lib/printk.h>
#include <lib/string.h>

#include "format.h"

static const struct base decimal = {10, "0123456789"};
static const struct base hex_lower = {16, "0123456789abcdef"};
static const struct base hex_upper = {16, "0123456789ABCDEF"};

/* An integer of spec->size bytes, at the top end of the result. */
static uint64_t integer_arg(va_list *ap, const struct spec *spec)
{
	uint64_t value =
		spec->size > sizeof(int) ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned int);

	return value << (64 - 8 * spec->size);
}

static void format_signed(struct output *out, const struct spec *spec, va_list *ap)
{
	int64_t value = (int64_t)integer_arg(ap, spec) >> (64 - 8 * spec->size);
	const char *prefix = value < 0 ? "-" : spec->plus ? "+" : spec->space ? " " : "";

	output_number(out, spec, prefix, value < 0 ? 0 - (uint64_t)value : (uint64_t)value,
		      &decimal);
}

static void format_unsigned(struct output *out, const struct spec *spec, char conversion,
			    va_list *ap)
{
	uint64_t value = integer_arg(ap, spec) >> (64 - 8 * spec->size);

	if (conversion == 'u')
		output_number(out, spec, "", value, &decimal);
	else if (conversion == 'x')
		output_number(out, spec, spec->alt && value ? "0x" : "", value, &hex_lower);
	else
		output_number(out, spec, spec->alt && value ? "0X" : "", value, &hex_upper);
}

static void format_string(struct output *out, const struct spec *spec, const char *text)
{
	if (!text)
		text = "(null)";
	output_field(out, spec, text,
		     spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision));
}

/* False: no conversion that we know. */
static bool format_conversion(struct output *out, const struct spec *spec, char conversion,
			      va_list *ap)
{
	char c;

	switch (conversion) {
	case 'd':
	case 'i':
		format_signed(out, spec, ap);
		return true;
	case 'u':
	case 'x':
	case 'X':
		format_unsigned(out, spec, conversion, ap);
		return true;
	case 'p':
		output_number(out, spec, "0x", (uintptr_t)va_arg(*ap, void *), &hex_lower);
		return true;
	case 'c':
		c = (char)va_arg(*ap, int);
		output_field(out, spec, &c, 1);
		return true;
	case 's':
		format_string(out, spec, va_arg(*ap, const char *));
		return true;
	case '%':
		output_text(out, "%", 1);
		return true;
	}
	return false;
}

static const char *parse_flags(const char *fmt, struct spec *spec)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			spec->left = true;
			break;
		case '0':
			spec->zero = true;
			break;
		case '+':
			spec->plus = true;
			break;
		case ' ':
			spec->space = true;
			break;
		case '#':
			spec->alt = true;
			break;
		default:
			return fmt;
		}
	}
}

/* Digits or a star; what does not fit is cut. */
static const char *parse_number(const char *fmt, int *number, va_list *ap)
{
	if (*fmt == '*') {
		*number = va_arg(*ap, int);
		return fmt + 1;
	}
	for (*number = 0; *fmt >= '0' && *fmt <= '9'; fmt++) {
		int digit = *fmt - '0';

		*number = *number > (LEN_MAX - digit) / 10 ? LEN_MAX : *number * 10 + digit;
	}
	return fmt;
}

static const char *parse_width(const char *fmt, struct spec *spec, va_list *ap)
{
	fmt = parse_number(fmt, &spec->width, ap);
	if (spec->width < 0) { /* from a star: the flag '-' and a width */
		spec->left = true;
		spec->width = spec->width < -LEN_MAX ? LEN_MAX : -spec->width;
	}
	spec->precision = -1;
	if (*fmt == '.')
		fmt = parse_number(fmt + 1, &spec->precision, ap);
	return fmt;
}

static const char *parse_length(const char *fmt, struct spec *spec)
{
	bool twice = fmt[0] && fmt[1] == fmt[0];

	spec->size = sizeof(int);
	switch (*fmt) {
	case 'h':
		spec->size = twice ? sizeof(char) : sizeof(short);
		return fmt + 1 + twice;
	case 'l':
		spec->size = twice ? sizeof(long long) : sizeof(long);
		return fmt + 1 + twice;
	case 'z':
		spec->size = sizeof(size_t);
		return fmt + 1;
	case 't':
		spec->size = sizeof(ptrdiff_t);
		return fmt + 1;
	case 'j':
		spec->size = sizeof(intmax_t);
		return fmt + 1;
	}
	return fmt;
}

/* One conversion, from its '%' on; returns what follows it. */
static const char *format_one(struct output *out, const char *percent, va_list *ap)
{
	struct spec spec = {0};
	const char *fmt = parse_flags(percent + 1, &spec);

	fmt = parse_width(fmt, &spec, ap);
	fmt = parse_length(fmt, &spec);
	if (*fmt && format_conversion(out, &spec, *fmt, ap))
		return fmt + 1;
	if (*fmt)
		fmt++;
	output_text(out, percent, (size_t)(fmt - percent));
	return fmt;
}

static const char *plain_end(const char *fmt)
{
	while (*fmt && *fmt != '%')
		fmt++;
	return fmt;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct output out = {buf, size ? size - 1 : 0, 0};
	va_list args; /* `ap` may be an array that decayed: its address would be a pointer's */

	va_copy(args, ap);
	while (*fmt) {
		const char *end = plain_end(fmt);

		output_text(&out, fmt, (size_t)(end - fmt));
		fmt = *end ? format_one(&out, end, &args) : end;
	}
	va_end(args);
	if (size)
		buf[MIN(out.len, size - 1)] = '\0';
	return (int)out.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return len;
}
