/* SPDX-License-Identifier: MIT */
/*
 * Whoever keeps memory that can be let go (the heap, an application's caches) says so here, and is
 * asked when memory is short: before an allocation fails, when the host gives no more, and when the
 * host wants memory back that is not free. Threads only.
 */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H

#include <lib/list.h>
#include <lib/types.h>

struct reclaimer {
	const char *name;

	/*
	 * Frees about `frames` frames, more or less, or nothing; answers how many. Must not sleep
	 * or yield. What it allocates itself comes from what is free: meanwhile memory does not
	 * grow, and nobody else is asked.
	 */
	unsigned long (*release)(struct reclaimer *self, unsigned long frames);

	struct list node;  /* reclaim.c's */
	unsigned int pass; /* in which it was asked last */
};

/* Nobody is registered. Once, from mm_init(). */
void reclaim_init(void);

/*
 * The struct stays the caller's and must live until it is unregistered. It is asked after those
 * registered before it; one registered from inside a `release` is first asked in the next
 * reclaim(). Both may be called from inside `release`.
 */
void reclaim_register(struct reclaimer *reclaimer);
void reclaim_unregister(struct reclaimer *reclaimer);

/*
 * Asks one after the other until `frames` more are free; answers how many more there are, which is
 * counted and not what they say. 0 from inside a `release`.
 */
unsigned long reclaim(unsigned long frames);

/* Inside a `release`, that is. */
bool reclaim_is_running(void);

#endif
