/* SPDX-License-Identifier: MIT */
/* Bits of a word and of an array of words. Bit numbers start at 0, the least significant. */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <lib/types.h>

#define BITS_WORD 64U

/* Return a word with `n` ones from bit `first`; n ≤ 64 and first + n ≤ 64. */
static inline uint64_t bits_mask(unsigned int first, unsigned int n)
{
	return n == 0 ? 0 : (~0ULL >> (BITS_WORD - n)) << first;
}

/* Return the highest set bit of a word that is not 0. */
static inline unsigned int bits_highest(unsigned int word)
{
	return 8 * (unsigned int)sizeof(word) - 1 - (unsigned int)__builtin_clz(word);
}

/* Return the lowest set bit of a word that is not 0. */
static inline unsigned int bits_lowest(uint64_t word)
{
	return (unsigned int)__builtin_ctzll(word);
}

/* Test bit `bit` of a bitmap. */
static inline bool bitmap_test(const uint64_t *map, unsigned long bit)
{
	return (map[bit / BITS_WORD] >> (bit % BITS_WORD)) & 1;
}

/* Set bit `bit` of a bitmap. */
static inline void bitmap_set(uint64_t *map, unsigned long bit)
{
	map[bit / BITS_WORD] |= 1ULL << (bit % BITS_WORD);
}

/* Clear bit `bit` of a bitmap. */
static inline void bitmap_clear(uint64_t *map, unsigned long bit)
{
	map[bit / BITS_WORD] &= ~(1ULL << (bit % BITS_WORD));
}

/* Test whether all, or none, of the `n` bits from `first` are set. (lib/bits.c) */
bool bitmap_all_set(const uint64_t *map, unsigned long first, unsigned long n);
bool bitmap_none_set(const uint64_t *map, unsigned long first, unsigned long n);

/* Set, or clear, the `n` bits from `first`. (lib/bits.c) */
void bitmap_set_range(uint64_t *map, unsigned long first, unsigned long n);
void bitmap_clear_range(uint64_t *map, unsigned long first, unsigned long n);

/* Count the set bits of the first `n_words` words. (lib/bits.c; needs no popcount instruction) */
unsigned long bitmap_weight(const uint64_t *map, unsigned long n_words);

/* Find the first bit at or after `from` that is set (clear). Return: `nr_bits` if there is none. */
unsigned long bitmap_next_set(const uint64_t *map, unsigned long nr_bits, unsigned long from);
unsigned long bitmap_next_clear(const uint64_t *map, unsigned long nr_bits, unsigned long from);

#endif
