/* SPDX-License-Identifier: MIT */
/* The balloon: how much memory the guest has. With CONFIG_BALLOON off, stubs that know nothing. */
#ifndef BALLOON_BALLOON_H
#define BALLOON_BALLOON_H

#include <lib/config.h>
#include <lib/errno.h>
#include <lib/types.h>

#define BALLOON_UNLIMITED (~0UL)
#define BALLOON_NO_TARGET (~0UL)

/* In frames, the guest's own count. Of the whole guest by the base backend, or of one backend. */
struct balloon_stats {
	const char *backend;   /* NULL: none, that part of memory stays as it is */
	unsigned long present; /* what the guest has, or: what this backend brought */
	unsigned long others;  /* of these, what backends with places of their own brought */
	unsigned long ceiling; /* what the host allows, when last asked; BALLOON_UNLIMITED */
	unsigned long host;    /* what the host said the guest has, when last asked, host's count */
	long offset;	       /* host's count less the guest's, at boot */
	unsigned long grown;   /* frames that came since boot */
	unsigned long held;    /* of ours, that the host holds: given back and not grown again */
	unsigned long steps;   /* growth steps that brought something */
	unsigned long refused; /* attempts that brought nothing */
	unsigned long lost;    /* frames the host counts as ours and that we cannot use */
	unsigned long target;  /* what the host wants the guest to have; BALLOON_NO_TARGET */
	unsigned long floor;   /* what the guest does not shrink below (balloon/README.md) */
	unsigned long over_target; /* frames that shortage brought in beyond the target */
};

/* What happened, and how many frames it was about. */
enum balloon_event_kind {
	BALLOON_TARGET,	   /* there is a new target, in the host's count */
	BALLOON_NONE,	   /* there is none any more */
	BALLOON_SHORTAGE,  /* an allocation found nothing; so many came (0: the last asked says why)
			    */
	BALLOON_GREW,	   /* so many came, for the target or by command */
	BALLOON_SHRANK,	   /* so many went */
	BALLOON_RECLAIMED, /* caches let so many go */
	BALLOON_REPORTED,  /* so many stay ours, and the host has what is behind them */
	BALLOON_CANCELLED, /* they were to go, and did not: memory was short, or the target moved */
	NR_BALLOON_EVENTS
};

struct balloon_event {
	uint64_t time;	     /* clock_ns() */
	const char *backend; /* whose; NULL: of all, or of a base that was not there yet */
	unsigned long frames;
	enum balloon_event_kind kind;
	int err;	    /* why it was not more, or 0 */
	unsigned int times; /* the same happened so often; `time` is of the last */
};

struct balloon_backend;

#if IS_ENABLED(CONFIG_BALLOON)

/*
 * Memory may come and go by this backend, too: one for the guest's own memory (the base), others
 * for ranges of their own (balloon/backend.h). It stays its owner's and must live on. An error is
 * said, and nothing is kept of it: -EIO and others of the backend: the host does not answer;
 * -EBUSY: what it would bring is another's; -ENOSPC: there are too many; mm_region_add()'s.
 * Threads.
 */
int balloon_register(const struct balloon_backend *backend) __must_check;

/*
 * Grows by `frames`, as far as the host lets it, by the base backend first; *grown says how far,
 * less is not an error if any came, and one that none could be had of is the first backend's.
 * -ENOSPC: at the ceiling; -EAGAIN: host short, backing off; -ENODEV: no backend;
 * -ENOMEM: no metadata to be had; -EIO. Threads only.
 */
int balloon_grow(unsigned long frames, unsigned long *grown);

/*
 * Gives `frames` free frames back to the host, those of the base first, whole blocks first; *shrunk
 * says how many it took, less is not an error if any went. Never frames in use, nor the private
 * reserve. -ENOSPC: nothing is free; -EAGAIN: the host takes none; -ENODEV, -EBUSY, -EIO. Threads
 * only.
 */
int balloon_shrink(unsigned long frames, unsigned long *shrunk);

/* Asks each host for ceiling and current count anew (two hypercalls on Xen). Threads only. */
int balloon_refresh(void);

/* The same of a host that is another one: what the last one refused is not held against it. */
int balloon_resume(void);

/* As the base backend has it, for the whole guest: what others brought counts in. Any context. */
void balloon_stats_get(struct balloon_stats *stats);

/* Of the nth backend alone, the base first; false: there are no more. Any context. */
bool balloon_backend_stats_get(unsigned int nth, struct balloon_stats *stats);

/*
 * Starts the thread that follows the targets. Once, when there is a backend. -ENODEV: there is
 * none; -ENOMEM: no stack for it.
 */
int balloon_start(void) __must_check;

/*
 * What the host wants its own count of us to say (balloon_stats.offset is taken off inside), of all
 * but what other backends bring than the base. Only recorded, also before there is a base; the
 * thread does what it can. The last one wins, any number is safe. Any context.
 */
void balloon_target_set(unsigned long frames);

/* Nobody wants anything: memory grows on shortage alone, and does not shrink. Any context. */
void balloon_target_none(void);

/*
 * The same of what this backend brings; between two units it counts as the lower. Of one that is
 * not registered nothing is kept. Any context.
 */
void balloon_backend_target_set(const struct balloon_backend *backend, unsigned long frames);

/*
 * What shortage brought in beyond the targets goes at once, and not slowly: before a suspend.
 * Threads; balloon_settle() tells when it went.
 */
void balloon_drop_over_target(void);

/* The user's own floor, in the guest's count; what is in use is one anyway. Any context. */
void balloon_floor_set(unsigned long frames);

/*
 * Sleeps until all targets are reached, or nothing helps for now; of several results the worst. 0:
 * reached, or there is none; -ENOSPC: at the floor or the ceiling; -EAGAIN: the host is short, or
 * takes none, or what shortage brought in goes back slowly; -ENODEV: the thread does not run; -EIO,
 * -ENOMEM. Threads only.
 */
int balloon_settle(void);

#else

static inline int balloon_grow(unsigned long frames, unsigned long *grown)
{
	(void)frames;
	*grown = 0;
	return -ENODEV;
}

static inline int balloon_shrink(unsigned long frames, unsigned long *shrunk)
{
	(void)frames;
	*shrunk = 0;
	return -ENODEV;
}

static inline int balloon_refresh(void)
{
	return -ENODEV;
}

static inline int balloon_resume(void)
{
	return -ENODEV;
}

static inline void balloon_stats_get(struct balloon_stats *stats)
{
	*stats = (struct balloon_stats){
		.ceiling = BALLOON_UNLIMITED,
		.target = BALLOON_NO_TARGET,
	};
}

static inline bool balloon_backend_stats_get(unsigned int nth, struct balloon_stats *stats)
{
	(void)nth;
	(void)stats;
	return false;
}

static inline int balloon_start(void)
{
	return -ENODEV;
}

static inline void balloon_target_set(unsigned long frames)
{
	(void)frames;
}

static inline void balloon_target_none(void)
{
}

static inline void balloon_backend_target_set(const struct balloon_backend *backend,
					      unsigned long frames)
{
	(void)backend;
	(void)frames;
}

static inline void balloon_drop_over_target(void)
{
}

static inline void balloon_floor_set(unsigned long frames)
{
	(void)frames;
}

static inline int balloon_settle(void)
{
	return -ENODEV;
}

#endif

#if IS_ENABLED(CONFIG_BALLOON_TRACE)

/* The last ones are kept. */
#define BALLOON_EVENTS_MAX ((unsigned int)CONFIG_BALLOON_TRACE_LENGTH)

/* The nth last event, 0 is the newest; false: there is none. Any context. */
bool balloon_event_get(unsigned int nth, struct balloon_event *event);

/* A word or two for people. */
const char *balloon_event_name(enum balloon_event_kind kind);

#else

static inline const char *balloon_event_name(enum balloon_event_kind kind)
{
	(void)kind;
	return "";
}

static inline bool balloon_event_get(unsigned int nth, struct balloon_event *event)
{
	(void)nth;
	(void)event;
	return false;
}

#endif

#endif
