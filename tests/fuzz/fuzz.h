/* SPDX-License-Identifier: MIT */
/*
 * What every harness is made of: fuzz_one() gets one input after the other, from AFL++ or from the
 * files named on the command line. An input ends where memory ends: one byte beyond is a fault,
 * whoever reads it, and before that the sanitizer's to find.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* An input of `n` bytes, aligned to 8. Ends the program where something does not hold. */
void fuzz_one(const uint8_t *data, size_t n);

#endif
