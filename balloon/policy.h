/* SPDX-License-Identifier: MIT */
/* How much, and when: numbers in, numbers out. Frames and nanoseconds. */
#ifndef BALLOON_POLICY_H
#define BALLOON_POLICY_H

#include <balloon/balloon.h>
#include <lib/types.h>

#define POLICY_MS 1000000ULL
#define POLICY_S  (1000 * POLICY_MS)

#define POLICY_STEP_MAX	   (CONFIG_BALLOON_STEP_MIB * 256UL) /* frames */
#define POLICY_UNITS_MAX   (POLICY_STEP_MAX / BLOCK_FRAMES)  /* units of a step: blocks at least */
#define POLICY_BACKOFF_MIN (CONFIG_BALLOON_BACKOFF_MIN_MS * POLICY_MS)
#define POLICY_BACKOFF_MAX (CONFIG_BALLOON_BACKOFF_MAX_MS * POLICY_MS)
#define POLICY_LOSS_MIN	   POLICY_S
#define POLICY_LOSS_MAX	   (1024 * POLICY_S) /* 17 minutes */

/* What stays free: so many frames, or one in so many of what is in use. */
#define POLICY_HEADROOM_MIN  (CONFIG_BALLOON_HEADROOM_KIB / 4UL)
#define POLICY_HEADROOM_PART ((unsigned long)CONFIG_BALLOON_HEADROOM_PART)

/* After a shortage nothing of what it brought goes for so long, */
#define POLICY_QUIET (CONFIG_BALLOON_QUIET_S * POLICY_S)
#define POLICY_SLOW  POLICY_S /* then at most once in so long */
/* this part of what is left of it, or a block */
#define POLICY_SLOW_PART ((unsigned long)CONFIG_BALLOON_SLOW_PART)

/* Between two looks at what is idle. */
#define POLICY_LOOK	    (CONFIG_BALLOON_REPORT_MS * POLICY_MS)
#define POLICY_LOOKS_MAX    5U	   /* memory that is never quiet waits so many of them */
#define POLICY_REPORT_MAX   2048UL /* blocks at a look: 4 GiB */
#define POLICY_REPORT_NOISY 64UL   /* of these where it is not quiet: 128 MiB */

#define POLICY_NEVER UINT64_MAX

/*
 * Frames to grow by when `request` are short: half of what is present, between the request and
 * 64 MiB, or the request if that is more, in whole blocks and units; never more than there is room
 * for. `unit` as in struct policy_state.
 */
unsigned long policy_step(unsigned long request, unsigned long present, unsigned long room,
			  unsigned long unit);

/* The next pause after one of `backoff` (0: none before). */
uint64_t policy_backoff(uint64_t backoff);

/* The same where the host's answer cost frames: each attempt may cost as many again. */
uint64_t policy_leak_backoff(uint64_t pause);

/*
 * What the way of one backend to its target is decided by. Counts are of the whole guest, so that
 * all backends have the same floor: to a backend's own target, and ceiling, is added what others
 * brought.
 */
struct policy_state {
	unsigned long unit; /* frames that come and go together: 1, or 2^n, a block at least */
	unsigned long present;
	unsigned long free;   /* of these, what the allocator has */
	unsigned long whole;  /* this backend's that are free as a whole: units, blocks at least;
			       * more than POLICY_UNITS_MAX count as that */
	unsigned long target; /* BALLOON_NO_TARGET; between two units it counts as the lower */
	unsigned long user_floor;  /* the user's floor; 0: none */
	unsigned long ceiling;	   /* as it was last read */
	unsigned long over_target; /* frames that shortage brought in, beyond the target */

	uint64_t since_shortage; /* ns since it brought in something, */
	uint64_t since_slow;	 /* since some of that went back, */
	uint64_t since_try;	 /* since the last attempt ended */
	uint64_t pause;		 /* ns after it; 0: it made progress */
	bool reclaimed; /* caches were asked, and little of what they let go is still free */
};

enum policy_action { POLICY_REST, POLICY_GROW, POLICY_SHRINK, POLICY_RECLAIM };

struct policy_decision {
	enum policy_action action;
	unsigned long frames; /* to grow or shrink by, whole units; or to ask caches for */
	bool slow;	      /* they are of what shortage brought in */
	bool stuck;	      /* more should go, and nothing can */
	uint64_t wait;	      /* REST: ns until the next look, at most a second; POLICY_NEVER */
};

/*
 * What the guest does not go below: what is in use, and the greater of 1 MiB and 1/64 of that; or
 * the user's floor, if that is more. What is in use counts the private reserve.
 */
unsigned long policy_floor(unsigned long present, unsigned long free, unsigned long least);

/*
 * Of memory that is free and held data: how many blocks at most the host may take back now.
 * `quiet`: no whole block came or went since the last look; `looks` in a row were not.
 */
unsigned long policy_report(bool quiet, unsigned int looks);

/* What to do next, on the way to the target. */
struct policy_decision policy_decide(const struct policy_state *state);

#endif
