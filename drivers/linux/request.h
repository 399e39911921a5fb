/* SPDX-License-Identifier: MIT */
/*
 * Requests of the control socket, one line of JSON each:
 *
 *   {"request": "target", "size": "128M"}    or a number of bytes; null: no target any more
 *   {"request": "status"}    {"request": "stats"}    {"request": "trace"}
 *
 * Pure: no state, no calls but lib's.
 */
#ifndef DRIVERS_LINUX_REQUEST_H
#define DRIVERS_LINUX_REQUEST_H

#include <lib/types.h>

enum request_kind { REQUEST_TARGET, REQUEST_STATUS, REQUEST_STATS, REQUEST_TRACE, NR_REQUESTS };

struct request {
	enum request_kind kind;
	bool has_size; /* of a target; if not, the target is dropped */
	uint64_t bytes;
};

/* Parse `n` arbitrary bytes. Return: NULL, or a static text for people on what is wrong. */
const char *request_parse(const char *text, size_t n, struct request *request);

#endif
