/* SPDX-License-Identifier: MIT */
/*
 * Patterns in memory. Every word encodes its place, so that a frame that is lost, doubled or mapped
 * elsewhere is detected. Context: any.
 */
#ifndef AEROSTAT_PATTERN_H
#define AEROSTAT_PATTERN_H

#include <lib/types.h>

/*
 * Write, or test for, the pattern of `seed`, which names the place (a frame's number). `start` is
 * aligned to 8, `bytes` a multiple of 8.
 */
void pattern_write(void *start, size_t bytes, uint64_t seed);
bool pattern_holds(const void *start, size_t bytes, uint64_t seed);

#endif
