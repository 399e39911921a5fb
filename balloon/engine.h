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
	uint64_t backoff;    /* ns; 0: the host was not short */
	uint64_t loss_pause; /* ns; 0: growth has lost nothing since we last gave something back */
	uint64_t retry_at;   /* not before this */
	bool careful;	     /* growth lost frames: single ones only, until some fill a new block */
	unsigned int refusals; /* steps of which the host took nothing, one after the other */
	bool busy;	       /* a step is under way: the shared ones are in use */
	struct grow_step step;
	struct shrink_step shrink; /* of the thread's, it may hold frames between two turns */
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

/* Something went back to the host: what it was short of, it may have again. */
void balloon_ask_again(void);

/* Frames that may still come, by the ceiling as it was last read. */
unsigned long balloon_room(void);

/* One growth of at most `frames`, by the ceiling as it is now. Errors are balloon_grow's. */
int balloon_grow_step(unsigned long frames, unsigned long *grown);

/* Begins to collect at most `frames` into balloon.shrink, of the kind that the host may take. */
void balloon_begin_release(unsigned long frames);

/* Has the host release what balloon.shrink collected; *gone says how many frames it took. */
int balloon_release(unsigned long *gone);

/* target.c: the target in our own count, BALLOON_NO_TARGET; the user's floor. Any context. */
unsigned long balloon_own_target(void);
unsigned long balloon_least(void);

/* Since it was last asked? */
bool balloon_target_changed(void);

/*
 * turn.c: the thread's work, a turn at a time, each short. Answers how many ns until the next
 * turn: 0 for at once, POLICY_NEVER if there is nothing to do until balloon_wake().
 */
uint64_t balloon_turn(void);

/* What balloon_settle answers after a turn. */
int balloon_turn_result(void);

/* The thread lets go what it holds between two turns, for others to use. False: it holds nothing.
 */
bool balloon_cancel(void);

/* Frames came that the host did not ask for. Threads. */
void balloon_grew_beyond(unsigned long grown);

/* Another machine, another count: what was under way is forgotten, the target stays. */
void balloon_follow_anew(void);

/* Fills in target, floor and extra. */
void balloon_target_stats(struct balloon_stats *stats);

/*
 * report.c: has the host take back what is behind free blocks that held data, at most `max`, and
 * lets others run in between. The thread's.
 */
void balloon_report(unsigned long max);

/* A look at what is idle, when its time has come; ns until the next, POLICY_NEVER: never. */
uint64_t balloon_look(void);

/* thread.c: something changed. Any context. */
void balloon_wake(void);

/* trace.c. Any context. */
void balloon_trace(enum balloon_event_kind kind, unsigned long frames, int err);

#endif
