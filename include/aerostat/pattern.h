/* SPDX-License-Identifier: MIT */
/* Patterns in memory: every word says where it belongs, so that a frame that is lost, doubled or
 * mapped to another place is found out. Any context. */
#ifndef AEROSTAT_PATTERN_H
#define AEROSTAT_PATTERN_H

#include <lib/types.h>

/* `start` aligned to 8, `bytes` a multiple of 8; `seed` names the place (a frame's number). */
void pattern_write(void *start, size_t bytes, uint64_t seed);
bool pattern_holds(const void *start, size_t bytes, uint64_t seed);

#endif
