/* SPDX-License-Identifier: MIT */
/* The rate limit of messages that the other side can cause: one of a kind in ten seconds. */
#ifndef DRIVERS_XEN_SAY_H
#define DRIVERS_XEN_SAY_H

#include <arch/cpu.h>

#define SAY_PAUSE_NS 10000000000ULL

/* Test whether a message may be logged now. `again` is of its kind, and 0 at first. */
static inline bool say_again(uint64_t *again)
{
	uint64_t now = clock_ns();

	if (*again && now < *again)
		return false;
	*again = now + SAY_PAUSE_NS;
	return true;
}

#endif
