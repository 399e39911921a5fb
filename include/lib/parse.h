/* SPDX-License-Identifier: MIT */
/* Numbers and sizes in texts: the whole text is valid, or nothing. Context: any. */
#ifndef LIB_PARSE_H
#define LIB_PARSE_H

#include <lib/types.h>

/*
 * Parse a size with an optional suffix K, M, G or T (powers of 1024), decimal or 0x.
 * Return: false for anything else, also for negative values and those beyond 64 bits.
 */
bool parse_size(const char *text, uint64_t *bytes);

/* The place of a virtio-mmio device, as on a command line. */
struct parsed_window {
	uint64_t base, bytes;
	unsigned int line; /* of its interrupt */
};

/*
 * Parse SIZE@BASE:LINE[:ID] as Linux does (virtio_mmio.device=). SIZE and BASE are decimal, 0x or,
 * with a leading 0, octal. SIZE may have a suffix K, M, G or T. LINE, not 0, and ID are decimal.
 * Return: false for anything else.
 */
bool parse_window(const char *text, struct parsed_window *window);

/* Parse a decimal number of digits only. Return: false for anything else, and above `max`. */
bool parse_number(const char *text, unsigned long max, unsigned long *number);

#endif
