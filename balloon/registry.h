/* SPDX-License-Identifier: MIT */
/*
 * The backends that are registered, each with the frames that the guest has of it and the counts of
 * its host. What the other files of balloon/ keep for a backend stands here, too; each part is
 * written by one of them.
 */
#ifndef BALLOON_REGISTRY_H
#define BALLOON_REGISTRY_H

#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <mm/grow.h>
#include <mm/shrink.h>

/* target.c: the host's target. Any context sets it, the thread follows. */
struct balloon_target {
	bool is_set, changed;
	unsigned long frames; /* the host's count */
};

/* grow.c: pauses between attempts to grow. */
struct balloon_growth {
	uint64_t backoff;      /* ns; 0: the host was not short */
	uint64_t leak_backoff; /* ns; 0: none leaked since growth last went well, or some went */
	uint64_t retry_at;     /* clock_ns(): not before */
	bool single_pages; /* growth leaked frames: single ones only, until some fill a new block */
};

/* shrink.c: what the host refused. */
struct balloon_release {
	unsigned int refusals;	 /* steps of which it took nothing, one after the other */
	uint64_t single_backoff; /* ns in which it is offered single frames alone; 0: blocks */
	uint64_t blocks_at;	 /* clock_ns(): when it is offered blocks again */
};

/* control.c: how far the thread is on the way to the target. */
struct balloon_progress {
	unsigned long over_target; /* frames that shortage brought in beyond the target */
	uint64_t shortage_at, slow_at, tried_at, pause;
	uint64_t warned_at;
	bool warned;   /* that the floor is in the way, since the target moved or was reached */
	bool reported; /* what is to go, before it is collected */
	unsigned long reclaim_above; /* caches are asked when so many frames are free; 0: at once */
	int err;		     /* the result of the last attempt */
};

/* A backend and its state. Its place is the owner of its frames (mm/owner.h). */
struct balloon_dev {
	const struct balloon_backend *backend; /* NULL: none */
	struct balloon_stats stats;   /* of its own frames; `present` is not kept up to date */
	unsigned long warned_ceiling; /* above what the direct map holds */
	struct balloon_target target; /* of the base kept before there is one */
	struct balloon_growth growth;
	struct balloon_release release;
	struct balloon_progress progress;
};

struct balloon_engine {
	struct balloon_dev dev[OWNERS_MAX];
	bool busy;			/* registry.c: a step is under way */
	unsigned long user_floor;	/* target.c */
	struct grow_step step;		/* grow.c */
	struct shrink_step shrink;	/* shrink.c: it may hold frames between two work steps */
	struct balloon_dev *collecting; /* shrink.c: whose those are; NULL: none are */
	unsigned int next;		/* control.c: the place whose turn it is */
};

extern struct balloon_engine balloon;

/* Return: the backend after `dev`, or the first after NULL, base first; NULL: no more. */
struct balloon_dev *balloon_next(const struct balloon_dev *dev);

/* Return: the owner of its frames; OWNER_BASE: the base. Context: any. */
static inline unsigned int balloon_owner(const struct balloon_dev *dev)
{
	return (unsigned int)(dev - balloon.dev);
}

/* Return: its frames that are present. Context: any. */
static inline unsigned long balloon_present(const struct balloon_dev *dev)
{
	return kernel_mm.db.nr_present[balloon_owner(dev)];
}

/*
 * Takes the host's count of its frames into the stats. Frames beyond those that are present leaked:
 * one message for each time there are more.
 */
void balloon_account(struct balloon_dev *dev, unsigned long current);

/* Asks the host, one hypercall on Xen, and puts it into the stats. Negative: no answer. */
int balloon_read_current(struct balloon_dev *dev);
int balloon_read_ceiling(struct balloon_dev *dev);

/* Return: frames that may still come, by the ceiling as it was last read; whole granules. */
unsigned long balloon_room(const struct balloon_dev *dev);

/* Counts an attempt to grow that brought so many frames, and frames that the host took. */
void balloon_count_grown(struct balloon_dev *dev, unsigned long frames);
void balloon_count_released(struct balloon_dev *dev, unsigned long frames);

/* Begins a step of growing or releasing. Return: false: one is under way. Context: threads. */
bool balloon_begin_step(void);
void balloon_end_step(void);

#endif
