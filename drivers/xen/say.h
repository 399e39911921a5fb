/* SPDX-License-Identifier: MIT */
/* Lines about what somebody outside repeats: at most one of a kind in ten seconds. */
#ifndef DRIVERS_XEN_SAY_H
#define DRIVERS_XEN_SAY_H

#include <arch/cpu.h>

#define SAY_PAUSE_NS 10000000000ULL

/* `again` is of the kind, and 0 at first: when it may be said again. */
static inline bool say_again(uint64_t *again)
{
	uint64_t now = clock_ns();

	if (*again && now < *again)
		return false;
	*again = now + SAY_PAUSE_NS;
	return true;
}

#endif
