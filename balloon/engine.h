/* SPDX-License-Identifier: MIT */
/* What the parts of the engine share. */
#ifndef BALLOON_ENGINE_H
#define BALLOON_ENGINE_H

#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <mm/grow.h>
#include <mm/shrink.h>

/* A member's place is the owner of its frames (mm/owner.h). The target of the base is kept before
 * there is one. */
#define BALLOON_MEMBERS_MAX OWNERS_MAX

/* What the host wants: said in any context, followed by the thread. */
struct balloon_wanted {
	bool is_set, changed;
	unsigned long target; /* the host's count */
};

/* How far the thread is on the way to that (turn.c). */
struct balloon_follow {
	unsigned long extra; /* frames that shortage brought in beyond the target */
	uint64_t shortage_at, slow_at, tried_at, pause;
	uint64_t said_at; /* the line below */
	bool said;     /* that less is wanted than can be, since the target moved or was reached */
	bool reported; /* what is to go, before it is collected */
	unsigned long ask_above; /* caches are asked when so many frames are free; 0: at once */
	int err;		 /* what balloon_settle answers */
};

/* A backend, and how it stands. */
struct balloon_member {
	const struct balloon_backend *backend; /* NULL: nobody's place */
	struct balloon_stats stats; /* of its own frames; `present` is not kept up to date */
	uint64_t backoff;	    /* ns; 0: the host was not short */
	uint64_t loss_pause; /* ns; 0: growth lost nothing since it last went well, or some went */
	uint64_t retry_at;   /* not before this */
	bool careful;	     /* growth lost frames: single ones only, until some fill a new block */
	unsigned int refusals; /* steps of which the host took nothing, one after the other */
	uint64_t frames_pause; /* ns in which it is offered single frames alone; 0: it takes blocks
				*/
	uint64_t blocks_at;    /* when it is offered blocks again */
	unsigned long said_ceiling; /* above what the direct map holds */
	struct balloon_wanted wanted;
	struct balloon_follow follow;
};

struct balloon_engine {
	struct balloon_member member[BALLOON_MEMBERS_MAX];
	unsigned long least; /* the user's floor */
	unsigned int next;   /* whose turn it is, by its place; the collecting one's */
	bool busy;	     /* a step is under way: the shared ones are in use */
	struct grow_step step;
	struct shrink_step shrink; /* of the thread's, it may hold frames between two turns */
	struct balloon_member *collecting; /* whose those are; NULL: nobody's */
};

extern struct balloon_engine balloon;

/* The members, base first: the one after `m`, or the first after NULL; NULL: no more. */
struct balloon_member *balloon_next(const struct balloon_member *m);

/* The owner of its frames; OWNER_BASE: the base. */
static inline unsigned int balloon_owner(const struct balloon_member *m)
{
	return (unsigned int)(m - balloon.member);
}

/* Frames that are here and are this one's. */
static inline unsigned long balloon_own_present(const struct balloon_member *m)
{
	return kernel_mm.db.nr_present[balloon_owner(m)];
}

/*
 * The host says that we have so many, in its own count. What of it never became ours can be used by
 * nobody: it is lost, and that is said.
 */
void balloon_account(struct balloon_member *m, unsigned long current);

/* Asks the host, one hypercall on Xen, and puts it into the stats. Negative: no answer. */
int balloon_read_current(struct balloon_member *m);
int balloon_read_ceiling(struct balloon_member *m);

/* Something went back to the host: what it was short of, it may have again. */
void balloon_ask_again(struct balloon_member *m);

/* Frames that may still come, by the ceiling as it was last read; whole units. */
unsigned long balloon_room(const struct balloon_member *m);

/*
 * By command, not for a target: the base first, then the others, each as far as its host goes
 * along, until so many frames moved; `move` adds to *moved. 0: some did; else what the first
 * answered.
 */
int balloon_command(enum balloon_event_kind what,
		    int (*move)(struct balloon_member *m, unsigned long frames,
				unsigned long *moved),
		    unsigned long frames, unsigned long *moved);

/* One growth of at most `frames`, by the ceiling as it is now. Errors are balloon_grow's. */
int balloon_grow_step(struct balloon_member *m, unsigned long frames, unsigned long *grown);

/* Begins to collect at most `frames` into balloon.shrink, of the kind that the host may take. */
void balloon_begin_release(struct balloon_member *m, unsigned long frames);

/* Has the host release what balloon.shrink collected; *gone says how many frames it took. */
int balloon_release(struct balloon_member *m, unsigned long *gone);

/* The host is offered whole blocks again, whatever it refused. */
void balloon_forget_refusals(struct balloon_member *m);

/* target.c: the target in our own count, of its own frames; BALLOON_NO_TARGET. Any context. */
unsigned long balloon_own_target(const struct balloon_member *m);

/* Since it was last asked? */
bool balloon_target_changed(struct balloon_member *m);

struct policy_state;

/* observe.c: what policy decides by, but for how much is free as a whole. */
void balloon_observe(const struct balloon_member *m, struct policy_state *s);

/*
 * Its blocks, or units, that are free as a whole, those that are collected to go among them; of the
 * others no more than a step has room for are counted.
 */
unsigned long balloon_whole(const struct balloon_member *m);

/* Frames that are collected to go, and still are the guest's. */
unsigned long balloon_collected(void);

/* As balloon_stats_get has it: of the whole guest, or of its own frames. Any context. */
void balloon_member_stats(const struct balloon_member *m, bool whole, struct balloon_stats *stats);

/*
 * turn.c: the thread's work, a turn at a time, each short. Answers how many ns until the next
 * turn: 0 for at once, POLICY_NEVER if there is nothing to do until balloon_wake().
 */
uint64_t balloon_turn(void);

/* What balloon_settle answers after a turn: of all members, the worst. */
int balloon_turn_result(void);

/* The thread lets go what it holds between two turns, for others to use. False: it holds nothing.
 */
bool balloon_cancel(void);

/* Frames came that the host did not ask for. Threads. */
void balloon_grew_beyond(struct balloon_member *m, unsigned long grown);

/*
 * report.c: has the host take back what is behind free blocks that held data, at most `max`, and
 * lets others run in between. The thread's.
 */
#if IS_ENABLED(CONFIG_BALLOON_REPORTING)
void balloon_report(unsigned long max);

/* A look at what is idle, when its time has come; ns until the next, POLICY_NEVER: never. */
uint64_t balloon_look(void);
#else
static inline void balloon_report(unsigned long max)
{
	(void)max;
}

static inline uint64_t balloon_look(void)
{
	return UINT64_MAX;
}
#endif

/* thread.c: something changed. Any context. */
void balloon_wake(void);

/* trace.c: of this one, or NULL. Any context. */
#if IS_ENABLED(CONFIG_BALLOON_TRACE)
void balloon_trace(const struct balloon_member *m, enum balloon_event_kind kind,
		   unsigned long frames, int err);
#else
static inline void balloon_trace(const struct balloon_member *m, enum balloon_event_kind kind,
				 unsigned long frames, int err)
{
	(void)m;
	(void)kind;
	(void)frames;
	(void)err;
}
#endif

#endif
