/* SPDX-License-Identifier: MIT */
/* How a process shrinks when its machine is short of memory: numbers in, numbers out. */
#ifndef DRIVERS_LINUX_PRESSURE_POLICY_H
#define DRIVERS_LINUX_PRESSURE_POLICY_H

#include <lib/types.h>

#define PRESSURE_NS_PER_S 1000000000ULL
#define PRESSURE_PERIOD	  (1 * PRESSURE_NS_PER_S)  /* between two looks */
#define PRESSURE_CALM	  (10 * PRESSURE_NS_PER_S) /* calm for so long ends it */

/* The numbers of one look. */
struct pressure_sample {
	uint64_t now_ns;
	bool has_stalls;
	uint64_t stalled_us;   /* total time that tasks waited for memory (PSI, some) */
	uint64_t limit;	       /* bytes: the cgroup's memory.high, else memory.max; 0: none */
	uint64_t current;      /* bytes that the cgroup uses of it */
	unsigned long present; /* frames of the guest */
};

/* Zero-initialised: no look yet. */
struct pressure_state {
	bool has_seen;
	uint64_t now_ns, stalled_us; /* of the last look */
	bool is_squeezed;
	uint64_t tight_ns;    /* when it was tight last */
	unsigned long target; /* frames, while squeezed */
};

/*
 * Compute the next target. Pressure begins at 15/16 of the limit, or at a tenth of the time spent
 * waiting. Then the target falls by an eighth of what is present a look, and at least by the excess
 * over the limit. It ends after ten seconds without waiting and below 3/4 of the limit. In between
 * the target stays.
 * Return: frames, or PRESSURE_NO_TARGET.
 */
#define PRESSURE_NO_TARGET (~0UL)
unsigned long pressure_next(struct pressure_state *state, const struct pressure_sample *sample);

/* Parse "some avg10=0.00 … total=123" of a pressure file. Return: false without such a line. */
bool pressure_parse_stalls(const char *text, uint64_t *stalled_us);

/* Parse "123\n" of a cgroup's file; "max" is 0. Return: false for anything else. */
bool pressure_parse_bytes(const char *text, uint64_t *bytes);

#endif
