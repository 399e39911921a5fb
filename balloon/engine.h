/* SPDX-License-Identifier: MIT */
/* What the parts of the engine share. */
#ifndef BALLOON_ENGINE_H
#define BALLOON_ENGINE_H

#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <mm/grow.h>
#include <mm/shrink.h>

struct balloon_engine {
	const struct balloon_backend *backend;
	struct balloon_stats stats;
	uint64_t backoff;  /* ns; 0: the host was not short */
	uint64_t retry_at; /* not before this */
	bool busy;	   /* a step is under way: the shared ones are in use */
	struct grow_step step;
	struct shrink_step shrink;
};

extern struct balloon_engine balloon;

/*
 * The host says that we have so many, in its own count. What of it never became ours can be used by
 * nobody: it is lost, and that is said.
 */
void balloon_account(unsigned long current);

/* Asks the host, one hypercall on Xen, and puts it into the stats. Negative: no answer. */
int balloon_read_current(void);
int balloon_read_ceiling(void);

/* Frames that may still come, by the ceiling as it was last read. */
unsigned long balloon_room(void);

#endif
