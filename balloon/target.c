/* SPDX-License-Identifier: MIT */
/* Targets and the user's floor: any context sets them; control.c follows, and rests in between. */
#include <arch/cpu.h>
#include <sched/thread.h>

#include "policy.h"
#include "target.h"
#include "trace.h"

static struct wait_queue changes, settlers;
static bool woken, settled;

void balloon_wake(void)
{
	unsigned long flags = irq_save();

	woken = true;
	settled = false;
	thread_wake(&changes);
	irq_restore(flags);
}

void balloon_rest(uint64_t ns)
{
	unsigned long flags = irq_save();

	if (!woken) {
		settled = true;
		thread_wake(&settlers);
		thread_wait(&changes, ns == POLICY_NEVER ? 0 : clock_ns() + ns);
	}
	woken = false;
	irq_restore(flags);
}

void balloon_await_rest(void)
{
	unsigned long flags = irq_save();

	while (!settled)
		thread_wait(&settlers, 0);
	irq_restore(flags);
}

/* Any number may come from outside. */
static unsigned long to_own_count(const struct balloon_stats *stats, unsigned long target)
{
	long only_hosts = stats->offset + (long)stats->lost;

	if (only_hosts >= 0)
		target -= MIN(target, (unsigned long)only_hosts);
	else
		target += MIN(~target, 0UL - (unsigned long)only_hosts);
	return MIN(target, BALLOON_NO_TARGET - 1);
}

unsigned long balloon_own_target(const struct balloon_dev *dev)
{
	unsigned long flags = irq_save();
	unsigned long target = BALLOON_NO_TARGET;

	if (dev->target.is_set)
		target = to_own_count(&dev->stats, dev->target.frames);
	irq_restore(flags);
	return target;
}

static void set_target(struct balloon_dev *dev, bool is_set, unsigned long frames)
{
	struct balloon_target *target = &dev->target;
	unsigned long flags = irq_save();
	bool changed = target->is_set != is_set || target->frames != frames;

	target->is_set = is_set;
	target->frames = frames;
	target->changed |= changed;
	irq_restore(flags);
	if (changed)
		balloon_trace(dev->stats.backend, is_set ? BALLOON_TARGET : BALLOON_NONE, frames,
			      0);
	balloon_wake();
}

void balloon_target_set(unsigned long frames)
{
	set_target(&balloon.dev[OWNER_BASE], true, frames);
}

void balloon_target_none(void)
{
	set_target(&balloon.dev[OWNER_BASE], false, 0);
}

void balloon_backend_target_set(const struct balloon_backend *backend, unsigned long frames)
{
	struct balloon_dev *dev = NULL;

	while ((dev = balloon_next(dev)))
		if (dev->backend == backend)
			set_target(dev, true, frames);
}

void balloon_floor_set(unsigned long frames)
{
	WRITE_ONCE(balloon.user_floor, frames);
	balloon_wake();
}

bool balloon_target_changed(struct balloon_dev *dev)
{
	unsigned long flags = irq_save();
	bool changed = dev->target.changed;

	dev->target.changed = false;
	irq_restore(flags);
	return changed;
}
