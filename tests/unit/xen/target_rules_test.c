/* SPDX-License-Identifier: MIT */
/* What a text in xenstore says, and by how much Xen counts otherwise than a toolstack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "drivers/xen/target_rules.h"

#define MIB 256UL

static void a_text_is_a_number_of_kib_or_nothing(void **state)
{
	static const struct {
		const char *text;
		enum target_verdict verdict;
		unsigned long frames;
	} row[] = {
		{"0", TARGET_GOOD, 0},
		{"3", TARGET_GOOD, 0},
		{"4", TARGET_GOOD, 1},
		{"65536", TARGET_GOOD, 64 * MIB},
		{"00065536", TARGET_GOOD, 64 * MIB},
		{"4398046511104", TARGET_GOOD, 1UL << 40},
		{"4398046511108", TARGET_HUGE, 0},
		{"18446744073709551615", TARGET_HUGE, 0},
		{"18446744073709551616", TARGET_HUGE, 0},
		{"99999999999999999999999", TARGET_HUGE, 0},
		{"", TARGET_EMPTY, 0},
		{"-1", TARGET_NEGATIVE, 0},
		{"-65536", TARGET_NEGATIVE, 0},
		{"-", TARGET_GARBAGE, 0},
		{"--1", TARGET_GARBAGE, 0},
		{"+1", TARGET_GARBAGE, 0},
		{" 65536", TARGET_GARBAGE, 0},
		{"65536 ", TARGET_GARBAGE, 0},
		{"65536\n", TARGET_GARBAGE, 0},
		{"64M", TARGET_GARBAGE, 0},
		{"0x1000", TARGET_GARBAGE, 0},
		{"1.5", TARGET_GARBAGE, 0},
		{"99999999999999999999999x", TARGET_GARBAGE, 0},
		{"garbage", TARGET_GARBAGE, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		unsigned long frames = 0;
		enum target_verdict verdict = target_parse(row[i].text, &frames);

		if (verdict != row[i].verdict || frames != row[i].frames)
			fail_msg("'%s': verdict %d, %lu frames", row[i].text, verdict, frames);
	}
}

static void the_offset_is_what_a_toolstack_adds(void **state)
{
	static const struct {
		struct target_figures figures; /* current, target, static-max, videoram */
		unsigned long offset;
	} row[] = {
		/* Built to its target, with special pages; populated on demand or not. */
		{{64 * MIB + 17, 64 * MIB, 1024 * MIB, 0}, 17},
		{{64 * MIB + 8, 64 * MIB, 64 * MIB, 0}, 8},
		{{64 * MIB, 64 * MIB, 64 * MIB, 0}, 0},
		/* The target says nothing of video memory. */
		{{72 * MIB + 8, 64 * MIB, 72 * MIB, 8 * MIB}, 8 * MIB + 8},
		/* Built to its maximum, and the target moved before it ran. */
		{{512 * MIB + 8, 64 * MIB, 512 * MIB, 0}, 8},
		{{512 * MIB + 8, 64 * MIB, 516 * MIB, 4 * MIB}, 8},
		/* Nothing fits: the target is taken as it is. */
		{{64 * MIB, 512 * MIB, 1024 * MIB, 0}, 0},
		{{512 * MIB, 64 * MIB, 0, 0}, 0},
		{{512 * MIB, 64 * MIB, 1 * MIB, 2 * MIB}, 0},
		{{0, 0, 0, 0}, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		unsigned long offset = target_offset(&row[i].figures);

		if (offset != row[i].offset)
			fail_msg("row %zu: %lu frames, not %lu", i, offset, row[i].offset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_a_number_of_kib_or_nothing),
		cmocka_unit_test(the_offset_is_what_a_toolstack_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
