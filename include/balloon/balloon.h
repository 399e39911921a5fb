/* SPDX-License-Identifier: MIT */
/* The balloon: how much memory the guest has. With CONFIG_BALLOON off, stubs that know nothing. */
#ifndef BALLOON_BALLOON_H
#define BALLOON_BALLOON_H

#include <kernel/config.h>
#include <kernel/errno.h>
#include <kernel/types.h>

#define BALLOON_UNLIMITED (~0UL)

/* In frames, the guest's own count. */
struct balloon_stats {
	const char *backend;   /* NULL: none, the guest stays as it is */
	unsigned long present; /* what the guest has */
	unsigned long ceiling; /* what the host allows, when last asked; BALLOON_UNLIMITED */
	unsigned long host;    /* what the host said the guest has, when last asked, host's count */
	long offset;	       /* host's count less the guest's, at boot */
	unsigned long grown;   /* frames that came since boot */
	unsigned long held;    /* of ours, that the host holds: given back and not grown again */
	unsigned long steps;   /* growth steps that brought something */
	unsigned long refused; /* attempts that brought nothing */
	unsigned long lost;    /* frames the host counts as ours and that we cannot use */
};

#if IS_ENABLED(CONFIG_BALLOON)

struct balloon_backend;

/* The backend stays its owner's and must live on. -EIO: it does not answer; growth stays off. */
int balloon_register(const struct balloon_backend *backend) __must_check;

/*
 * Grows by `frames`, as far as the host lets it; *grown says how far, less is not an error if any
 * came. -ENOSPC: at the ceiling; -EAGAIN: host short, backing off; -ENODEV: no backend;
 * -ENOMEM: no metadata to be had; -EIO. Threads only.
 */
int balloon_grow(unsigned long frames, unsigned long *grown);

/*
 * Gives `frames` free frames back to the host, whole blocks first; *shrunk says how many it took,
 * less is not an error if any went. Never frames in use, nor the private reserve. -ENOSPC: nothing
 * is free; -EAGAIN: the host takes none; -ENODEV, -EBUSY, -EIO. Threads only.
 */
int balloon_shrink(unsigned long frames, unsigned long *shrunk);

/* Asks the host for ceiling and current count anew (two hypercalls on Xen). Threads only. */
int balloon_refresh(void);

/* Any context. */
void balloon_stats_get(struct balloon_stats *stats);

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

static inline void balloon_stats_get(struct balloon_stats *stats)
{
	*stats = (struct balloon_stats){.ceiling = BALLOON_UNLIMITED};
}

#endif

#endif
