/* SPDX-License-Identifier: MIT */
/* Bitmaps by words: random operations against an array of bools. */
#include <lib/bits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/random.h"

#define NR_WORDS   5UL
#define NR_BITS	   (NR_WORDS * BITS_WORD)
#define OPERATIONS 300000UL

static uint64_t map[NR_WORDS];
static bool model[NR_BITS];

static void masks_are_runs_of_ones(void **state)
{
	(void)state;
	for (unsigned int first = 0; first < BITS_WORD; first++) {
		for (unsigned int n = 0; first + n <= BITS_WORD; n++) {
			uint64_t expected = 0;

			for (unsigned int bit = first; bit < first + n; bit++)
				expected |= 1ULL << bit;
			assert_true(bits_mask(first, n) == expected);
		}
		assert_int_equal(bits_lowest(~0ULL << first), first);
	}
}

static void an_empty_run_is_all_set_and_none_set(void **state)
{
	(void)state;
	memset(map, 0x55, sizeof(map));
	for (unsigned long first = 0; first < NR_BITS; first++) {
		assert_true(bitmap_all_set(map, first, 0));
		assert_true(bitmap_none_set(map, first, 0));
		bitmap_set_range(map, first, 0);
		bitmap_clear_range(map, first, 0);
	}
	assert_int_equal(bitmap_weight(map, NR_WORDS), NR_BITS / 2);
	assert_int_equal(bitmap_weight(map, 0), 0);
}

/* How many bits from `first` on, below `end`, are `value`. */
static unsigned long model_run(unsigned long first, unsigned long end, bool value)
{
	unsigned long nr = 0;

	while (first + nr < end && model[first + nr] == value)
		nr++;
	return nr;
}

static void assert_agree(unsigned long first, unsigned long n)
{
	unsigned long end = first + n, weight = 0;

	assert_int_equal(bitmap_all_set(map, first, n), model_run(first, end, true) == n);
	assert_int_equal(bitmap_none_set(map, first, n), model_run(first, end, false) == n);
	assert_int_equal(bitmap_next_clear(map, end, first), first + model_run(first, end, true));
	assert_int_equal(bitmap_next_set(map, end, first), first + model_run(first, end, false));
	assert_int_equal(bitmap_next_set(map, end, end + 1), end);
	for (unsigned long bit = 0; bit < NR_BITS; bit++) {
		assert_int_equal(bitmap_test(map, bit), model[bit]);
		weight += model[bit];
	}
	assert_int_equal(bitmap_weight(map, NR_WORDS), weight);
}

static void random_operations_agree_with_a_model(void **state)
{
	(void)state;
	random_start();
	memset(map, 0, sizeof(map));
	memset(model, 0, sizeof(model));
	for (unsigned long i = 0; i < OPERATIONS; i++) {
		unsigned long first = random_below(NR_BITS);
		unsigned long n = random_below(NR_BITS - first + 1);
		bool value = random_one_in(2);

		if (random_one_in(2)) {
			(value ? bitmap_set : bitmap_clear)(map, first);
			model[first] = value;
		} else if (random_one_in(4)) {
			(value ? bitmap_set_range : bitmap_clear_range)(map, first, n);
			memset(&model[first], value, n);
		}
		if (i % 16 == 0)
			assert_agree(first, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_are_runs_of_ones),
		cmocka_unit_test(an_empty_run_is_all_set_and_none_set),
		cmocka_unit_test(random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
