/* SPDX-License-Identifier: MIT */
/*
 * lib against libc: printf on random formats, the string functions (lib/string.c, renamed) on
 * random bytes; and the sink of printk.
 */
#define _GNU_SOURCE
#define memcpy	our_memcpy
#define memmove our_memmove
#define memset	our_memset
#define memchr	our_memchr
#define memcmp	our_memcmp
#define strlen	our_strlen
#define strnlen our_strnlen
#define strcmp	our_strcmp
#define strncmp our_strncmp
#define strchr	our_strchr
#define strrchr our_strrchr
#include "lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memchr
#undef memcmp
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

#include <dlfcn.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/random.h"

#define ROUNDS 200000

typedef int (*vsnprintf_fn)(char *, size_t, const char *, va_list);

/* lib's vsnprintf stands before libc's in this program: libc's is the next. */
static int libc_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	static vsnprintf_fn libc_vsnprintf;
	va_list ap;
	int len;

	if (!libc_vsnprintf)
		*(void **)&libc_vsnprintf = dlsym(RTLD_NEXT, "vsnprintf");
	va_start(ap, fmt);
	len = libc_vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return len;
}

#define assert_same_text(size, ...)                                                            \
	do {                                                                                   \
		char ours[256], theirs[256];                                                   \
		int our_len, their_len;                                                        \
                                                                                               \
		memset(ours, 0x55, sizeof(ours));                                              \
		memset(theirs, 0x55, sizeof(theirs));                                          \
		our_len = snprintf(ours, size, __VA_ARGS__);                                   \
		their_len = libc_snprintf(theirs, size, __VA_ARGS__);                          \
		if (our_len != their_len || memcmp(ours, theirs, sizeof(ours)))                \
			fail_msg("format '%s': '%s' (%d), libc '%s' (%d)", fmt, ours, our_len, \
				 theirs, their_len);                                           \
	} while (0)

static char *add_flags(char *fmt, const char *flags)
{
	for (; *flags; flags++)
		if (random_one_in(4))
			*fmt++ = *flags;
	return fmt;
}

static char *add_number(char *fmt, const char *before)
{
	return random_one_in(2) ? fmt + sprintf(fmt, "%s%d", before, (int)random_below(40)) : fmt;
}

/* "%" flags width precision: what follows is the caller's. */
static char *start_format(char *fmt, const char *flags, bool precision)
{
	fmt = stpcpy(fmt, random_one_in(3) ? "text %% " : "");
	*fmt++ = '%';
	fmt = add_number(add_flags(fmt, flags), "");
	return precision ? add_number(fmt, ".") : fmt;
}

static uint64_t random_value(void)
{
	return random_one_in(8) ? 0 : random_u64() >> random_below(64);
}

static void integers_are_printed_as_libc_does(void **state)
{
	static const char *const length[] = {"hh", "h", "", "l", "ll", "z", "t", "j"};

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		char fmt[64], *end = start_format(fmt, "-0+ #", true);
		size_t size = random_one_in(4) ? random_below(20) : 200;
		size_t l = random_below(ARRAY_SIZE(length));
		uint64_t value = random_value();
		char conversion = "diuxX"[random_below(5)];

		if (strchr("diu", conversion)) /* with '#' undefined */
			for (char *c = fmt; c < end; c++)
				*c = *c == '#' ? '-' : *c;
		sprintf(end, "%s%c.", length[l], conversion);
		if (l < 3)
			assert_same_text(size, fmt, (int)value);
		else
			assert_same_text(size, fmt, value);
	}
}

static void strings_are_printed_as_libc_does(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		char fmt[64], *end = start_format(fmt, "-", true);
		size_t size = random_one_in(4) ? random_below(20) : 200;
		char text[32];
		size_t n = random_below(sizeof(text));
		int c = (int)random_below(256);
		void *pointer = (void *)(uintptr_t)(random_value() | 1);

		for (size_t k = 0; k < n; k++)
			text[k] = (char)(1 + random_below(255));
		text[n] = '\0';
		strcpy(end, "s.");
		assert_same_text(size, fmt, text);
		end = start_format(fmt, "-", false);
		strcpy(end, "c.");
		assert_same_text(size, fmt, c);
		strcpy(end, "p.");
		assert_same_text(size, fmt, pointer);
	}
}

static void stars_take_width_and_precision_from_the_arguments(void **state)
{
	const char *fmt = "[%*.*s] [%-*d] [%.*x]";

	(void)state;
	for (int width = -30; width < 30; width++)
		for (int precision = -3; precision < 8; precision++)
			assert_same_text(200, fmt, width, precision, "abcdef", width, 77, precision,
					 0x77U);
}

static void extreme_numbers_are_whole(void **state)
{
	const char *fmt = "%lld %lld %llu %d %x %hhd %hd %zu";

	(void)state;
	assert_same_text(200, fmt, LLONG_MIN, LLONG_MAX, ULLONG_MAX, INT_MIN, UINT_MAX, 128, 32768,
			 SIZE_MAX);
}

static void assert_prints(const char *expected, const char *fmt, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, fmt);
	assert_int_equal(vsnprintf(text, sizeof(text), fmt, ap), strlen(expected));
	va_end(ap);
	assert_string_equal(text, expected);
}

static void what_libc_leaves_open_is_settled(void **state)
{
	(void)state;
	assert_prints("(null)", "%s", (char *)NULL);
	assert_prints("0x0", "%p", (void *)NULL);
	assert_prints("a%y 5", "a%y %d", 5);
	assert_prints("%-08.3lq", "%-08.3lq");
	assert_prints("50%", "50%");
	assert_prints("50%-5", "50%-5");
}

/* The format is no literal here, so that compilers do not complain of what is tried on purpose. */
static void assert_saturates(const char *fmt, int width)
{
	char text[8];

	assert_int_equal(snprintf(text, sizeof(text), fmt, width, 1), INT_MAX);
	assert_true(strlen(text) == sizeof(text) - 1);
}

static void absurd_widths_saturate_and_overrun_nothing(void **state)
{
	(void)state;
	assert_saturates("%99999999999d%99999999999d", 1);
	assert_saturates("%.*d", INT_MAX);
	assert_saturates("%*d", INT_MAX);
	assert_saturates("%*d", INT_MIN + 1);
	assert_int_equal(snprintf(NULL, 0, "%d", 12345), 5);
}

#define BYTES 200

static void fill_random(unsigned char *bytes, uint64_t values)
{
	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = (unsigned char)random_below(values);
}

static void copies_and_sets_are_libcs(void **state)
{
	unsigned char ours[BYTES], theirs[BYTES];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = random_below(BYTES / 2 + 1);
		size_t from = random_below(BYTES - n + 1), to = random_below(BYTES - n + 1);
		int byte = (int)random_below(512);

		fill_random(ours, 256);
		memcpy(theirs, ours, BYTES);
		assert_ptr_equal(our_memmove(ours + to, ours + from, n), ours + to);
		memmove(theirs + to, theirs + from, n);
		assert_memory_equal(ours, theirs, BYTES);
		assert_ptr_equal(our_memset(ours + from, byte, n), ours + from);
		memset(theirs + from, byte, n);
		assert_memory_equal(ours, theirs, BYTES);
		from = random_below(BYTES / 2 - n + 1);
		to = BYTES / 2 + random_below(BYTES / 2 - n + 1);
		assert_ptr_equal(our_memcpy(ours + to, ours + from, n), ours + to);
		memcpy(theirs + to, theirs + from, n);
		assert_memory_equal(ours, theirs, BYTES);
	}
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void comparisons_and_searches_are_libcs(void **state)
{
	unsigned char a[BYTES], b[BYTES];
	const char *s = (const char *)a, *t = (const char *)b;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = random_below(BYTES);
		int byte = (int)random_below(256);

		fill_random(a, random_one_in(2) ? 256 : 2);
		memcpy(b, a, BYTES);
		b[random_below(BYTES)] ^= (unsigned char)(1 << random_below(8));
		a[BYTES - 1] = b[BYTES - 1] = 0;
		assert_int_equal(sign(our_memcmp(a, b, n)), sign(memcmp(a, b, n)));
		assert_int_equal(sign(our_strcmp(s, t)), sign(strcmp(s, t)));
		assert_int_equal(sign(our_strncmp(s, t, n)), sign(strncmp(s, t, n)));
		assert_int_equal(our_strlen(s), strlen(s));
		assert_int_equal(our_strnlen(s, n), strnlen(s, n));
		assert_ptr_equal(our_memchr(a, byte, n), memchr(a, byte, n));
		assert_ptr_equal(our_strchr(s, byte), strchr(s, byte));
		assert_ptr_equal(our_strrchr(s, byte), strrchr(s, byte));
	}
}

static void errors_have_texts_of_either_sign(void **state)
{
	(void)state;
	assert_string_equal(strerror_kernel(-ENOMEM), "out of memory (-12)");
	assert_string_equal(strerror_kernel(ENOMEM), "out of memory (-12)");
	assert_string_equal(strerror_kernel(0), "no error");
	assert_string_equal(strerror_kernel(-4095), "unknown error");
	assert_string_equal(strerror_kernel(INT_MIN), "unknown error");
}

static char seen[20000];
static size_t nr_seen;

static void sink(const char *text, size_t n)
{
	assert_true(nr_seen + n < sizeof(seen));
	memcpy(seen + nr_seen, text, n);
	nr_seen += n;
	seen[nr_seen] = '\0';
}

static int start_unheard(void **state)
{
	(void)state;
	printk_set_sink(NULL);
	nr_seen = 0;
	seen[0] = '\0';
	return 0;
}

static void text_goes_to_the_sink_that_there_is(void **state)
{
	(void)state;
	printk("one %d\n", 1);
	printk_set_sink(sink);
	printk("two %d\n", 2);
	assert_string_equal(seen, "two 2\n");
}

static void a_line_too_long_is_cut_visibly(void **state)
{
	(void)state;
	printk_set_sink(sink);
	printk("%600d\n", 7);
	assert_int_equal(nr_seen, 511);
	assert_string_equal(seen + 511 - 5, " ...\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_printed_as_libc_does),
		cmocka_unit_test(strings_are_printed_as_libc_does),
		cmocka_unit_test(stars_take_width_and_precision_from_the_arguments),
		cmocka_unit_test(extreme_numbers_are_whole),
		cmocka_unit_test(what_libc_leaves_open_is_settled),
		cmocka_unit_test(absurd_widths_saturate_and_overrun_nothing),
		cmocka_unit_test(copies_and_sets_are_libcs),
		cmocka_unit_test(comparisons_and_searches_are_libcs),
		cmocka_unit_test(errors_have_texts_of_either_sign),
		cmocka_unit_test_setup(text_goes_to_the_sink_that_there_is, start_unheard),
		cmocka_unit_test_setup(a_line_too_long_is_cut_visibly, start_unheard),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
