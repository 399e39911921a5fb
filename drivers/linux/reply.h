/* SPDX-License-Identifier: MIT */
/* Answers of the control socket: a line of JSON each. */
#ifndef DRIVERS_LINUX_REPLY_H
#define DRIVERS_LINUX_REPLY_H

#include <lib/printk.h>

#include "request.h"

#define REPLY_MAX 8192U /* bytes of the longest answer, the trace */

/* Text that is put together; what does not fit is not there at all, and `full` says so. */
struct reply {
	char *text;
	size_t size, len;
	bool full;
};

void reply_add(struct reply *reply, const char *fmt, ...) __printf(2, 3);

/* An error in a line; the text has no quotes but those written \". */
void reply_error(struct reply *reply, const char *why);

/* Does what was asked, and answers. Threads only. */
void reply_to(struct reply *reply, const struct request *request);

#endif
