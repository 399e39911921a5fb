/* SPDX-License-Identifier: MIT */
/* Responses of the control socket, one line of JSON each. */
#ifndef DRIVERS_LINUX_REPLY_H
#define DRIVERS_LINUX_REPLY_H

#include <lib/printk.h>

#include "request.h"

#define REPLY_MAX 8192U /* bytes of the longest answer, the trace */

/* A text under construction. A piece that does not fit is dropped, and `full` is set. */
struct reply {
	char *text;
	size_t size, len;
	bool full;
};

/* Add formatted text. */
void reply_add(struct reply *reply, const char *fmt, ...) __printf(2, 3);

/* Add an error response. The text has no quotes but those written \". */
void reply_error(struct reply *reply, const char *why);

/* Carry out a request and add its response. Context: thread. */
void reply_to(struct reply *reply, const struct request *request);

#endif
