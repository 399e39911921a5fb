/* SPDX-License-Identifier: MIT */
/*
 * The thread that follows the targets, a work step at a time: policy decides, and the step does one
 * short piece of it. A release collects its frames over several work steps; others run in between,
 * and may have them back. Backends have work steps in the order of their places; while one
 * collects, only that one.
 */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <mm/owner.h>
#include <mm/reclaim.h>
#include <sched/thread.h>

#include "control.h"
#include "grow.h"
#include "policy.h"
#include "report.h"
#include "shrink.h"
#include "target.h"
#include "trace.h"

#define CHUNK_FRAMES 1024UL	    /* collected, and scrubbed, in a work step: 4 MiB */
#define WARN_EVERY   (1 * POLICY_S) /* that the floor is in the way, at most */

static bool runs;

/* A new target is followed at once, whatever happened on the way to the last one. */
static void check_new_target(struct balloon_dev *dev)
{
	struct balloon_progress *progress = &dev->progress;

	if (!balloon_target_changed(dev))
		return;
	progress->over_target = 0;
	progress->pause = 0;
	progress->reclaim_above = 0;
	progress->warned = false;
	progress->reported = false;
	balloon_forget_refusals(dev);
}

void balloon_grew_beyond(struct balloon_dev *dev, unsigned long grown)
{
	unsigned long target = balloon_own_target(dev), present = balloon_present(dev);
	struct balloon_progress *progress = &dev->progress;

	check_new_target(dev);
	if (!grown || present <= target)
		return;
	progress->over_target = MIN(progress->over_target + grown, present - target);
	progress->shortage_at = clock_ns();
	balloon_wake();
}

void balloon_drop_over_target(void)
{
	struct balloon_dev *dev = NULL;

	while ((dev = balloon_next(dev))) {
		dev->progress.over_target = 0;
		dev->progress.pause = 0;
	}
	balloon_wake();
}

/* Of two results the more severe is the one to report. */
static unsigned int severity(int err)
{
	switch (err) {
	case 0:
		return 0;
	case -EAGAIN:
		return 1;
	case -ENOSPC:
		return 2;
	default:
		return 3;
	}
}

int balloon_result(void)
{
	const struct balloon_dev *dev = NULL;
	int worst = 0;

	while ((dev = balloon_next(dev)))
		if (severity(dev->progress.err) > severity(worst))
			worst = dev->progress.err;
	return worst;
}

/* Adds what others brought; the numbers that stand for "none" and "unlimited" stay. */
static unsigned long with_others(unsigned long frames, unsigned long others)
{
	static_assert(BALLOON_NO_TARGET == -1UL && BALLOON_UNLIMITED == -1UL,
		      "what is no number stays none");

	if (frames == BALLOON_NO_TARGET)
		return frames;
	return frames + MIN(others, BALLOON_NO_TARGET - 1 - frames);
}

void balloon_snapshot(const struct balloon_dev *dev, struct policy_state *s)
{
	const struct balloon_progress *progress = &dev->progress;
	unsigned long others;
	uint64_t now = clock_ns();
	struct mm_stats have;

	mm_stats_get(&have);
	others = have.present - balloon_present(dev);
	*s = (struct policy_state){
		.unit = dev->backend ? dev->backend->unit : 1,
		.present = have.present,
		.free = have.free + balloon_collected(),
		.target = with_others(balloon_own_target(dev), others),
		.user_floor = READ_ONCE(balloon.user_floor),
		.ceiling = with_others(dev->stats.ceiling, others),
		.over_target = progress->over_target,
		.since_shortage = now - progress->shortage_at,
		.since_slow = now - progress->slow_at,
		.since_try = now - progress->tried_at,
		.pause = progress->pause,
		.reclaimed = have.free + balloon_collected() < progress->reclaim_above,
	};
}

/* An attempt has ended. */
static void note_attempt(struct balloon_dev *dev, unsigned long moved, int err)
{
	dev->progress.err = err;
	dev->progress.pause = moved ? 0 : policy_backoff(dev->progress.pause);
	dev->progress.tried_at = clock_ns();
}

static void follow_up(struct balloon_dev *dev, unsigned long frames)
{
	unsigned long grown;
	int err;

	balloon_begin_step();
	err = balloon_grow_step(dev, frames, &grown);
	balloon_grow_end();
	balloon_trace(dev->stats.backend, BALLOON_GREW, grown, err);
	note_attempt(dev, grown, err);
}

static void release_collected(struct balloon_dev *dev, bool slow)
{
	struct balloon_progress *progress = &dev->progress;
	unsigned long gone;
	int err;

	balloon_begin_step();
	err = balloon_shrink_release(dev, &gone);
	balloon_end_step();
	balloon_trace(dev->stats.backend, BALLOON_SHRANK, gone, err);
	note_attempt(dev, gone, err);
	/* What went counts as still free. Nothing to take: what caches let go next may be ours. */
	progress->reclaim_above -= MIN(progress->reclaim_above, err == -ENOSPC ? ~0UL : gone);
	if (!slow)
		return;
	progress->over_target -= MIN(progress->over_target, gone);
	progress->slow_at = clock_ns();
}

/*
 * All of what is to go, however many steps that will take. Return: true: it was reported, and
 * others ran meanwhile, so that policy is to look again.
 */
static bool report_all(struct balloon_dev *dev)
{
	unsigned long present = balloon_present(dev);

	if (!dev->backend->report || dev->progress.reported)
		return false;
	dev->progress.reported = true;
	balloon_report(DIV_ROUND_UP(present - MIN(present, balloon_own_target(dev)), BLOCK_FRAMES));
	return true;
}

static void follow_down(struct balloon_dev *dev, const struct policy_decision *d)
{
	if (!balloon.collecting) {
		if (report_all(dev))
			return;
		dev->progress.reported = false;
		balloon_shrink_begin(dev, d->frames);
	}
	if (!balloon_shrink_collect(dev, MAX(CHUNK_FRAMES, dev->backend->unit)))
		release_collected(dev, d->slow);
}

/*
 * Before they are asked again, half of what they let go must be free, or gone to the host, when the
 * next work step looks: a cache that is filled again meanwhile is no progress.
 */
static void ask_caches(struct balloon_dev *dev, unsigned long frames, unsigned long free)
{
	unsigned long freed;

	mm_reserve_migrate(&kernel_mm);
	freed = reclaim(frames);
	dev->progress.reclaim_above = free + MAX(DIV_ROUND_UP(freed, 2), 1UL);
	balloon_trace(dev->stats.backend, BALLOON_RECLAIMED, freed, 0);
}

/* Once until the target is reached or moves, and at most once a second. */
static void warn_stuck(struct balloon_dev *dev, const struct policy_state *s)
{
	char wanted[TEXT_SIZE_MAX], stays[TEXT_SIZE_MAX], floor[TEXT_SIZE_MAX];
	struct balloon_progress *progress = &dev->progress;
	uint64_t now = clock_ns();

	if (progress->warned || (progress->warned_at && now - progress->warned_at < WARN_EVERY))
		return;
	progress->warned = true;
	progress->warned_at = now;
	text_size(stays, s->present);
	text_size(floor, policy_floor(s->present, s->free, s->user_floor));
	if (balloon_owner(dev))
		printk("balloon: %s: cannot release %s, blocks in use: staying at %s (floor %s)\n",
		       dev->backend->name, text_size(wanted, s->present - s->target), stays, floor);
	else
		printk("balloon: target %s below floor %s, staying at %s\n",
		       text_size(wanted, s->target), floor, stays);
}

/* What caches keep may change meanwhile: after a pause they are asked again. */
static void stay(struct balloon_dev *dev, const struct policy_state *s,
		 const struct policy_decision *d)
{
	if (d->stuck) {
		note_attempt(dev, 0, -ENOSPC);
		dev->progress.reclaim_above = 0;
		warn_stuck(dev, s);
	} else if (d->wait == POLICY_NEVER) {
		dev->progress.err = 0;
		dev->progress.warned = false;
	} else if (!dev->progress.pause) {
		dev->progress.err = -EAGAIN;
	}
}

static uint64_t work_step(struct balloon_dev *dev)
{
	struct policy_state s;
	struct policy_decision d;

	check_new_target(dev);
	balloon_snapshot(dev, &s);
	if (s.present > s.target)
		s.whole = balloon_whole(dev);
	d = policy_decide(&s);
	balloon_shrink_cut(d.action == POLICY_SHRINK ? d.frames : 0);
	switch (d.action) {
	case POLICY_GROW:
		follow_up(dev, d.frames);
		break;
	case POLICY_SHRINK:
		follow_down(dev, &d);
		break;
	case POLICY_RECLAIM:
		ask_caches(dev, d.frames, s.free);
		break;
	case POLICY_REST:
		stay(dev, &s, &d);
		break;
	}
	return d.wait;
}

uint64_t balloon_work_step(void)
{
	uint64_t wait = POLICY_NEVER;

	for (unsigned int i = 0; i < OWNERS_MAX; i++) {
		struct balloon_dev *dev = &balloon.dev[balloon.next];
		uint64_t its = dev->backend ? work_step(dev) : POLICY_NEVER;

		if (!balloon.collecting)
			balloon.next = (balloon.next + 1) % OWNERS_MAX;
		if (!its)
			return 0;
		wait = MIN(wait, its);
	}
	return wait;
}

static void follow_targets(void *arg)
{
	(void)arg;
	for (;;) {
		uint64_t wait = balloon_work_step();

		if (wait)
			balloon_rest(MIN(wait, balloon_idle_scan()));
		else
			thread_yield();
	}
}

int balloon_start(void)
{
	if (!balloon_next(NULL))
		return -ENODEV;
	if (!thread_start("balloon", follow_targets, NULL))
		return -ENOMEM;
	runs = true;
	return 0;
}

int balloon_settle(void)
{
	if (!runs)
		return -ENODEV;
	balloon_await_rest();
	return balloon_result();
}
