/* SPDX-License-Identifier: MIT */
/* How a process makes room when its machine is short: numbers in, numbers out. */
#ifndef DRIVERS_LINUX_PRESSURE_POLICY_H
#define DRIVERS_LINUX_PRESSURE_POLICY_H

#include <lib/types.h>

#define PRESSURE_NS_PER_S 1000000000ULL
#define PRESSURE_PERIOD	  (1 * PRESSURE_NS_PER_S)  /* between two looks */
#define PRESSURE_CALM	  (10 * PRESSURE_NS_PER_S) /* so long it must be calm to be over */

/* What a look shows. */
struct pressure_sample {
	uint64_t now_ns;
	bool has_stalls;
	uint64_t stalled_us;   /* how long tasks have waited for memory, ever (PSI, some) */
	uint64_t limit;	       /* bytes: the cgroup's memory.high, else memory.max; 0: none */
	uint64_t current;      /* bytes of that the cgroup has */
	unsigned long present; /* frames of ours */
};

/* Zero-initialised: nothing was seen yet. */
struct pressure_state {
	bool has_seen;
	uint64_t now_ns, stalled_us; /* of the last look */
	bool is_squeezed;
	uint64_t tight_ns;    /* when it was tight last */
	unsigned long target; /* frames, while squeezed */
};

/*
 * What we are to have, in frames, or PRESSURE_NO_TARGET. Tight is 15/16 of the limit, or a tenth of
 * the time spent waiting: an eighth of what we have goes a look, and at least what is above the
 * limit. It is over when for ten seconds nobody waited and less than 3/4 of the limit was used;
 * in between all stays as it is.
 */
#define PRESSURE_NO_TARGET (~0UL)
unsigned long pressure_next(struct pressure_state *state, const struct pressure_sample *sample);

/* "some avg10=0.00 … total=123" of a pressure file; false: it has no such line. */
bool pressure_parse_stalls(const char *text, uint64_t *stalled_us);

/* "123\n" of a cgroup's file; "max" is 0. False: neither. */
bool pressure_parse_bytes(const char *text, uint64_t *bytes);

#endif
