/* SPDX-License-Identifier: MIT */
/* Growing and shrinking by command, growing on shortage, and what others are told. */
#include <mm/oom.h>
#include <mm/owner.h>
#include <mm/reserve.h>

#include "control.h"
#include "grow.h"
#include "policy.h"
#include "shrink.h"
#include "target.h"
#include "trace.h"

/* Of two failures -ENOMEM is the one to report: free frames help against it. */
static int worse(int a, int b)
{
	return a == -ENOMEM ? a : b;
}

/* Tries one backend after the other until one brings something. */
static int grow_any(unsigned int order, unsigned long *grown)
{
	struct balloon_dev *dev = NULL, *tried = NULL;
	int result = -ENODEV, err = 0;

	*grown = 0;
	while (!*grown && (dev = balloon_next(dev))) {
		if (!balloon_may_grow(dev)) {
			result = worse(result, -EAGAIN);
			continue;
		}
		tried = dev;
		err = balloon_grow_shortage(dev, order, grown);
		balloon_grew_beyond(dev, *grown);
		result = worse(result, err);
	}
	/* One event, however many were tried: all at their ceilings, it is the same every time. */
	if (tried)
		balloon_trace(tried->stats.backend, BALLOON_SHORTAGE, *grown, err);
	return result;
}

int mm_oom(unsigned int order)
{
	unsigned long grown;
	int err;

	if (balloon_shrink_cancel())
		return 0;
	if (!balloon_begin_step())
		return -EBUSY;
	err = grow_any(order, &grown);
	balloon_grow_end();
	return grown ? 0 : err;
}

/*
 * By command, not for a target: the base first, then the others, each as far as its host goes
 * along, until so many frames moved; `move` adds to *moved. Return: 0: some did; else what the
 * first answered.
 */
static int command(enum balloon_event_kind what,
		   int (*move)(struct balloon_dev *dev, unsigned long frames, unsigned long *moved),
		   unsigned long frames, unsigned long *moved)
{
	struct balloon_dev *dev = balloon_next(NULL);
	int result;

	*moved = 0;
	if (!dev)
		return -ENODEV;
	if (!balloon_begin_step())
		return -EBUSY;
	balloon_shrink_cancel();
	result = move(dev, frames, moved);
	while (*moved < frames && (dev = balloon_next(dev)))
		(void)move(dev, frames - *moved, moved);
	balloon_end_step();
	balloon_trace(NULL, what, *moved, *moved < frames ? result : 0);
	return *moved ? 0 : result;
}

static int grow_by(struct balloon_dev *dev, unsigned long frames, unsigned long *grown)
{
	unsigned long came = 0;
	int err = 0;

	while (!err && came < frames) {
		unsigned long some;

		err = balloon_grow_step(dev, frames - came, &some);
		came += some;
	}
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	balloon_grew_beyond(dev, came);
	*grown += came;
	return err;
}

int balloon_grow(unsigned long frames, unsigned long *grown)
{
	return command(BALLOON_GREW, grow_by, frames, grown);
}

static int shrink_by(struct balloon_dev *dev, unsigned long frames, unsigned long *shrunk)
{
	unsigned long left = ALIGN_DOWN(frames, dev->backend->unit);
	int err = left ? 0 : -ENOSPC;

	mm_reserve_migrate(&kernel_mm);
	balloon_forget_refusals(dev);
	while (!err && left) {
		unsigned long gone;

		balloon_shrink_begin(dev, left);
		balloon_shrink_collect(dev, left);
		err = balloon_shrink_release(dev, &gone);
		left -= gone;
		*shrunk += gone;
		if (err == -EAGAIN && !gone && balloon_may_shrink(dev))
			err = 0;
	}
	return err;
}

int balloon_shrink(unsigned long frames, unsigned long *shrunk)
{
	return command(BALLOON_SHRANK, shrink_by, frames, shrunk);
}

static int refresh(struct balloon_dev *dev)
{
	int err = balloon_read_current(dev);

	return err ? err : balloon_read_ceiling(dev);
}

int balloon_refresh(void)
{
	struct balloon_dev *dev = balloon_next(NULL);
	int result = dev ? 0 : -ENODEV;

	for (; dev; dev = balloon_next(dev)) {
		int err = refresh(dev);

		result = result ? result : err;
	}
	return result;
}

int balloon_resume(void)
{
	struct balloon_dev *dev = NULL;

	while ((dev = balloon_next(dev)))
		balloon_reset_backoff(dev);
	return balloon_refresh();
}

/* Of the whole guest, or of its own frames. */
static void get_stats(const struct balloon_dev *dev, bool whole, struct balloon_stats *stats)
{
	struct policy_state s;

	balloon_snapshot(dev, &s);
	*stats = dev->stats;
	stats->present = whole ? s.present : balloon_present(dev);
	stats->ceiling = whole ? s.ceiling : dev->stats.ceiling;
	stats->target = whole ? s.target : balloon_own_target(dev);
	stats->floor = policy_floor(s.present, s.free, s.user_floor);
	stats->over_target = s.over_target;
}

void balloon_stats_get(struct balloon_stats *stats)
{
	const struct balloon_dev *base = &balloon.dev[OWNER_BASE];

	get_stats(base, true, stats);
	stats->others = stats->present - balloon_present(base);
	if (!base->backend)
		stats->ceiling = BALLOON_UNLIMITED;
}

bool balloon_backend_stats_get(unsigned int nth, struct balloon_stats *stats)
{
	const struct balloon_dev *dev = balloon_next(NULL);

	while (dev && nth--)
		dev = balloon_next(dev);
	if (dev)
		get_stats(dev, false, stats);
	return dev;
}
