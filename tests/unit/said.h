/* SPDX-License-Identifier: MIT */
/* A sink for printk that tests can look at: how many lines were said, the first and the last. */
#ifndef TESTS_UNIT_SAID_H
#define TESTS_UNIT_SAID_H

#include <lib/printk.h>
#include <stdio.h>
#include <string.h>

static char said_first[512], said_last[512];
static unsigned long said_lines;

static inline void said_sink(const char *text, size_t n)
{
	snprintf(said_last, sizeof(said_last), "%.*s", (int)n, text);
	if (!said_lines)
		snprintf(said_first, sizeof(said_first), "%s", said_last);
	for (size_t i = 0; i < n; i++)
		said_lines += text[i] == '\n';
}

/* From here on lines are counted from 0. */
static inline void said_start(void)
{
	printk_set_sink(said_sink);
	said_lines = 0;
	said_last[0] = '\0';
}

/* Exactly one line since said_start(), with this text in it. */
#define assert_said_once(text)                                                       \
	do {                                                                         \
		if (said_lines != 1 || !strstr(said_last, text))                     \
			fail_msg("%lu lines, the last '%s'", said_lines, said_last); \
	} while (0)

/* Exactly two, with these texts in them. */
#define assert_said_two(first, second)                                                           \
	do {                                                                                     \
		if (said_lines != 2 || !strstr(said_first, first) || !strstr(said_last, second)) \
			fail_msg("%lu lines, '%s' to '%s'", said_lines, said_first, said_last);  \
	} while (0)

#define assert_said_nothing()                                                        \
	do {                                                                         \
		if (said_lines)                                                      \
			fail_msg("%lu lines, the last '%s'", said_lines, said_last); \
	} while (0)

#endif
