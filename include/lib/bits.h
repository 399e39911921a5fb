/* SPDX-License-Identifier: MIT */
/* Bits of a word and of an array of words. Bit numbers start at 0, the least significant. */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <lib/types.h>

#define BITS_WORD 64U

/* `n` ones from bit `first`; n ≤ 64 and first + n ≤ 64. */
static inline uint64_t bits_mask(unsigned int first, unsigned int n)
{
	return n == 0 ? 0 : (~0ULL >> (BITS_WORD - n)) << first;
}

/* The highest set bit of a word that is not 0. */
static inline unsigned int bits_highest(unsigned int word)
{
	return 8 * (unsigned int)sizeof(word) - 1 - (unsigned int)__builtin_clz(word);
}

/* The lowest set bit of a word that is not 0. */
static inline unsigned int bits_lowest(uint64_t word)
{
	return (unsigned int)__builtin_ctzll(word);
}

static inline bool bitmap_test(const uint64_t *map, unsigned long bit)
{
	return (map[bit / BITS_WORD] >> (bit % BITS_WORD)) & 1;
}

static inline void bitmap_set(uint64_t *map, unsigned long bit)
{
	map[bit / BITS_WORD] |= 1ULL << (bit % BITS_WORD);
}

static inline void bitmap_clear(uint64_t *map, unsigned long bit)
{
	map[bit / BITS_WORD] &= ~(1ULL << (bit % BITS_WORD));
}

/* Are all, or none, of the `n` bits from `first` set? (lib/bits.c) */
bool bitmap_all_set(const uint64_t *map, unsigned long first, unsigned long n);
bool bitmap_none_set(const uint64_t *map, unsigned long first, unsigned long n);
void bitmap_set_range(uint64_t *map, unsigned long first, unsigned long n);
void bitmap_clear_range(uint64_t *map, unsigned long first, unsigned long n);

/* Number of set bits in the first `n_words` words. (lib/bits.c; no popcount instruction needed) */
unsigned long bitmap_weight(const uint64_t *map, unsigned long n_words);

/* The first bit at or after `from` that is set (clear), or `nr_bits` if there is none. */
unsigned long bitmap_next_set(const uint64_t *map, unsigned long nr_bits, unsigned long from);
unsigned long bitmap_next_clear(const uint64_t *map, unsigned long nr_bits, unsigned long from);

#endif
