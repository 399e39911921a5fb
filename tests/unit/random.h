/* SPDX-License-Identifier: MIT */
/* Random numbers for tests: the same from the same seed, which is printed; SEED=n repeats a run. */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t random_state;

static inline void random_start(void)
{
	const char *seed = getenv("SEED");

	random_state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	printf("SEED=%llu\n", (unsigned long long)random_state);
	random_state = random_state * 2 + 1;
}

/* xorshift64*. */
static inline uint64_t random_u64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1dULL;
}

/* Below `n`, which is not 0. */
static inline uint64_t random_below(uint64_t n)
{
	return (random_u64() >> 16) % n;
}

/* True once in `n` times. */
static inline int random_one_in(uint64_t n)
{
	return random_below(n) == 0;
}

#endif
