/* SPDX-License-Identifier: MIT */
/*
 * What carries frames between guest and host. The one struct of operations in the house: the same
 * image may find another host under it.
 */
#ifndef BALLOON_BACKEND_H
#define BALLOON_BACKEND_H

#include <kernel/addr.h>

#define CEILING_UNLIMITED (~0UL)

struct balloon_backend {
	const char *name;

	/*
	 * The most frames the host lets this guest have, in the host's own count, now;
	 * CEILING_UNLIMITED if it sets none. Negative: the host did not answer sensibly.
	 */
	int (*ceiling)(unsigned long *frames);

	/* What the host says this guest has, in its own count. */
	int (*current)(unsigned long *frames);

	/*
	 * Populates extents of 2^order frames, in order; *done says how many are whole and ours now
	 * (on PV the p2m knows them). Less than nr is not an error. Contents are undefined.
	 */
	int (*grow)(const pfn_t *extent, unsigned int nr, unsigned int order, unsigned int *done);

	/*
	 * Gives unmapped frames, that hold nothing of ours, back to the host; *done as above.
	 * What is given back is out of the p2m.
	 */
	int (*shrink)(const pfn_t *extent, unsigned int nr, unsigned int order, unsigned int *done);
};

#endif
