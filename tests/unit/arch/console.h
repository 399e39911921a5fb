/* SPDX-License-Identifier: MIT */
/* A text without end, printed, and what a console got of it: all is there, or counted by a mark. */
#ifndef TESTS_UNIT_CONSOLE_H
#define TESTS_UNIT_CONSOLE_H

#include <arch/console.h>
#include <arch/cpu.h>
#include <asm/linux.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define KEPT	 16384UL /* bytes that wait for room */
#define GOT_MAX	 (1UL << 20)
#define NS_PER_S 1000000000ULL

static char got[GOT_MAX];
static size_t nr_got;
static uint64_t nr_printed;
static uint64_t now_ns; /* the clock; it stands still where nothing moves it */

static inline void get(char c)
{
	assert_true(nr_got + 1 < GOT_MAX);
	got[nr_got++] = c;
	got[nr_got] = '\0';
}

/* Lines of letters, of uneven length. */
static inline char letter(uint64_t at)
{
	return (char)(at * at % 61 == 9 ? '\n' : 'a' + at * 7 % 26);
}

static inline void print(size_t n)
{
	static char text[1 << 17];

	assert_true(n <= sizeof(text));
	for (size_t i = 0; i < n; i++)
		text[i] = letter(nr_printed + i);
	nr_printed += n;
	console_early_write(text, n);
}

/* The length of the mark that stands at `from`, and the bytes it counts; 0: there is none. */
static inline size_t read_mark(const char *from, bool returns, unsigned long long *lost)
{
	int length = 0;

	if (strncmp(from, returns ? "\r\n[" : "\n[", returns ? 3 : 2) != 0)
		return 0;
	from += returns ? 2 : 1;
	if (sscanf(from, "[... %llu bytes lost ...]%n", lost, &length) != 1 || !length)
		fail_msg("no mark: '%.40s'", from);
	return (size_t)length + (returns ? 4 : 2);
}

/* What came of all that was printed from byte `at` on; returns how many bytes its marks count. */
static inline uint64_t check_got(uint64_t at, bool returns)
{
	unsigned long long lost, all = 0;
	size_t length;

	for (const char *from = got; *from;) {
		if ((length = read_mark(from, returns, &lost))) {
			all += lost;
			at += lost;
			from += length;
			continue;
		}
		if (returns && letter(at) == '\n' && *from++ != '\r')
			fail_msg("byte %llu has no carriage return", (unsigned long long)at);
		if (*from++ != letter(at++))
			fail_msg("byte %llu is '%c'", (unsigned long long)at - 1, from[-1]);
	}
	assert_int_equal(at, nr_printed);
	return all;
}

/* The next text begins at 0 where `at` stood. */
static inline void start_over(void)
{
	linux_cpu_reset();
	now_ns = NS_PER_S;
	linux_stop_clock(now_ns);
	nr_got = 0;
	got[0] = '\0';
}

static inline void pass_ns(uint64_t ns)
{
	now_ns += ns;
	linux_stop_clock(now_ns);
}

#endif
