/* SPDX-License-Identifier: MIT */
/* Numbers and sizes that people type: all of the text, or nothing. Any context. */
#ifndef LIB_PARSE_H
#define LIB_PARSE_H

#include <lib/types.h>

/*
 * A size with an optional suffix K, M, G or T (powers of 1024), decimal or 0x. False for anything
 * else, for what is negative and for what does not fit 64 bits.
 */
bool parse_size(const char *text, uint64_t *bytes);

/* Where a virtio-mmio device is, as a command line says it. */
struct parsed_window {
	uint64_t base, bytes;
	unsigned int line; /* that it interrupts by */
};

/*
 * Parses SIZE@BASE:LINE[:ID] as Linux does (virtio_mmio.device=): SIZE and BASE decimal, 0x or,
 * with a leading 0, octal; SIZE with an optional suffix K, M, G or T; LINE, not 0, and ID decimal.
 */
bool parse_window(const char *text, struct parsed_window *window);

/* A decimal number of digits only; false for anything else and for what is above `max`. */
bool parse_number(const char *text, unsigned long max, unsigned long *number);

#endif
