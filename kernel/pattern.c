/* SPDX-License-Identifier: MIT */
/* Patterns in memory: each word is told apart from every other word of the guest. */
#include <aerostat/pattern.h>

/* Odd, so that different seeds never meet; the golden ratio, so that they lie far apart. */
#define PATTERN_SPREAD 0x9e3779b97f4a7c15ULL

void pattern_write(void *start, size_t bytes, uint64_t seed)
{
	uint64_t *word = start, value = (seed + 1) * PATTERN_SPREAD;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		word[i] = value + i;
}

bool pattern_holds(const void *start, size_t bytes, uint64_t seed)
{
	const uint64_t *word = start;
	uint64_t value = (seed + 1) * PATTERN_SPREAD, wrong = 0;

	for (size_t i = 0; i < bytes / sizeof(*word); i++)
		wrong |= word[i] ^ (value + i);
	return wrong == 0;
}
