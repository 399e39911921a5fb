/* SPDX-License-Identifier: MIT */
/* Ranges of bits in an array of words, a word at a time. */
#include <lib/bits.h>

/* The bits of word `i` that lie in [first, end). */
static uint64_t word_mask(unsigned long i, unsigned long first, unsigned long end)
{
	unsigned long base = i * BITS_WORD;
	unsigned long from = MAX(first, base), to = MIN(end, base + BITS_WORD);

	return bits_mask((unsigned int)(from - base), (unsigned int)(to - from));
}

bool bitmap_all_set(const uint64_t *map, unsigned long first, unsigned long n)
{
	for (unsigned long i = first / BITS_WORD; i * BITS_WORD < first + n; i++) {
		if (~map[i] & word_mask(i, first, first + n))
			return false;
	}
	return true;
}

bool bitmap_none_set(const uint64_t *map, unsigned long first, unsigned long n)
{
	for (unsigned long i = first / BITS_WORD; i * BITS_WORD < first + n; i++) {
		if (map[i] & word_mask(i, first, first + n))
			return false;
	}
	return true;
}

void bitmap_set_range(uint64_t *map, unsigned long first, unsigned long n)
{
	for (unsigned long i = first / BITS_WORD; i * BITS_WORD < first + n; i++)
		map[i] |= word_mask(i, first, first + n);
}

void bitmap_clear_range(uint64_t *map, unsigned long first, unsigned long n)
{
	for (unsigned long i = first / BITS_WORD; i * BITS_WORD < first + n; i++)
		map[i] &= ~word_mask(i, first, first + n);
}

/* Sums of 1, 2, 4 bits side by side; the multiplication adds up the bytes. */
static unsigned long word_weight(uint64_t word)
{
	word -= (word >> 1) & 0x5555555555555555ULL;
	word = (word & 0x3333333333333333ULL) + ((word >> 2) & 0x3333333333333333ULL);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (unsigned long)((word * 0x0101010101010101ULL) >> 56);
}

unsigned long bitmap_weight(const uint64_t *map, unsigned long n_words)
{
	unsigned long weight = 0;

	for (unsigned long i = 0; i < n_words; i++)
		weight += word_weight(map[i]);
	return weight;
}

/* The first bit in [from, nr_bits) that differs from those of `same` (0 or ~0), or nr_bits. */
static unsigned long next_other(const uint64_t *map, unsigned long nr_bits, unsigned long from,
				uint64_t same)
{
	for (unsigned long i = from / BITS_WORD; i * BITS_WORD < nr_bits; i++) {
		uint64_t other = (map[i] ^ same) & word_mask(i, from, nr_bits);

		if (other)
			return i * BITS_WORD + bits_lowest(other);
	}
	return nr_bits;
}

unsigned long bitmap_next_set(const uint64_t *map, unsigned long nr_bits, unsigned long from)
{
	return from < nr_bits ? next_other(map, nr_bits, from, 0) : nr_bits;
}

unsigned long bitmap_next_clear(const uint64_t *map, unsigned long nr_bits, unsigned long from)
{
	return from < nr_bits ? next_other(map, nr_bits, from, ~0ULL) : nr_bits;
}
