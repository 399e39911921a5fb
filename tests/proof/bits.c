/* SPDX-License-Identifier: MIT */
/* lib/bits.c: ranges of bits are what a loop over single bits says they are. */
#include "lib/bits.c"
#include "model.h"

#ifndef WORDS
#define WORDS 2U
#endif
#define BITS (WORDS * BITS_WORD)

struct map {
	uint64_t word[WORDS];
};

static struct map any_map(void)
{
	struct map map;

	return map;
}

/* Any range in the map, also an empty one. */
static void any_range(unsigned long *first, unsigned long *n)
{
	*first = any_below(BITS);
	*n = any_below(BITS - *first + 1);
}

static bool in_range(unsigned long bit, unsigned long first, unsigned long n)
{
	return bit >= first && bit - first < n;
}

/* The bits of word `w` from `first` on, and those of the range: said otherwise than by the code. */
static uint64_t from_on(unsigned int w, unsigned long first)
{
	if (first >= (w + 1UL) * 64)
		return 0;
	return first <= w * 64UL ? ~0ULL : ~0ULL << (first % 64);
}

static uint64_t range_mask(unsigned int w, unsigned long first, unsigned long n)
{
	return from_on(w, first) & ~from_on(w, first + n);
}

void proof_ask(void)
{
	struct map map = any_map();
	bool all = true, none = true;
	unsigned long first, n, bit = any_below(BITS);

	any_range(&first, &n);
	for (unsigned int w = 0; w < WORDS; w++) {
		uint64_t mask = range_mask(w, first, n);

		all = all && !(~map.word[w] & mask);
		none = none && !(map.word[w] & mask);
	}
	prove(bitmap_all_set(map.word, first, n) == all, "all of the range are set");
	prove(bitmap_none_set(map.word, first, n) == none, "none of the range is set");
	prove(((range_mask(bit / 64, first, n) >> (bit % 64)) & 1) == in_range(bit, first, n),
	      "the masks of this proof are the range");
}

void proof_change(void)
{
	struct map map = any_map(), old = map;
	unsigned long first, n, bit = any_below(BITS);
	bool set = nondet_bool();

	any_range(&first, &n);
	if (set)
		bitmap_set_range(map.word, first, n);
	else
		bitmap_clear_range(map.word, first, n);
	prove(bitmap_test(map.word, bit) ==
		      (in_range(bit, first, n) ? set : bitmap_test(old.word, bit)),
	      "what is in the range is changed, and nothing else");
	bitmap_set(map.word, bit);
	prove(bitmap_test(map.word, bit), "a bit that was set is set");
	bitmap_clear(map.word, bit);
	prove(!bitmap_test(map.word, bit), "a bit that was cleared is clear");
}

void proof_weight(void)
{
	struct map map = any_map();
	unsigned long nr = 0;

	for (unsigned int w = 0; w < WORDS; w++)
		nr += (unsigned long)__builtin_popcountll(map.word[w]);
	prove(bitmap_weight(map.word, WORDS) == nr, "the weight is the number of set bits");
}

void proof_next(void)
{
	struct map map = any_map();
	unsigned long nr = any_below(BITS + 1), from = any_below(BITS + 2), bit = any_below(BITS);
	bool set = nondet_bool();
	unsigned long next =
		set ? bitmap_next_set(map.word, nr, from) : bitmap_next_clear(map.word, nr, from);

	prove(next == nr || (next < nr && next >= from && bitmap_test(map.word, next) == set),
	      "what is found is such a bit");
	prove(bit < from || bit >= next || bit >= nr || bitmap_test(map.word, bit) != set,
	      "nothing before it is");
	prove(next <= nr, "not beyond the end");
}
