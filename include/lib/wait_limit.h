/* SPDX-License-Identifier: MIT */
/*
 * A time limit for a peer's response (a device, xenstored), in time in which this guest ran. The
 * clock goes on while a VM is stopped, a domain paused or its vCPU not scheduled, and a peer that
 * responded meanwhile is healthy. So at most WAIT_LOOK_NS counts of the time between two looks.
 * Pure: the caller reads the clock. Context: any.
 */
#ifndef LIB_WAIT_LIMIT_H
#define LIB_WAIT_LIMIT_H

#include <lib/types.h>

#define WAIT_LOOK_NS (100ULL * 1000 * 1000)

struct wait_limit {
	uint64_t left;	  /* ns */
	uint64_t look_at; /* clock_ns() of the last look */
};

/* Begin a wait of at most `ns`. `now` is clock_ns(). */
static inline struct wait_limit wait_limit(uint64_t ns, uint64_t now)
{
	return (struct wait_limit){.left = ns, .look_at = now};
}

/*
 * Count the time since the last look; none if the clock went back.
 * Return: true if the limit has passed. The caller then looks for a response once more.
 */
static inline bool wait_limit_passed(struct wait_limit *limit, uint64_t now)
{
	uint64_t ran = now > limit->look_at ? MIN(now - limit->look_at, WAIT_LOOK_NS) : 0;

	limit->left -= MIN(ran, limit->left);
	limit->look_at = now;
	return !limit->left;
}

/* Return clock_ns() of the next look, for a thread that sleeps in between. */
static inline uint64_t wait_limit_next(const struct wait_limit *limit)
{
	return limit->look_at + MIN(limit->left, WAIT_LOOK_NS);
}

#endif
