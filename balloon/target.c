/* SPDX-License-Identifier: MIT */
/* What is wanted: the host's target and the user's floor. Any context says it, turn.c follows. */
#include <arch/cpu.h>
#include "engine.h"

static struct {
	bool is_set, changed;
	unsigned long target; /* the host's count */
	unsigned long least;
} wanted;

/* Any number may come from outside. */
static unsigned long to_own_count(unsigned long target)
{
	long only_hosts = balloon.stats.offset + (long)balloon.stats.lost;

	if (only_hosts >= 0)
		target -= MIN(target, (unsigned long)only_hosts);
	else
		target += MIN(~target, 0UL - (unsigned long)only_hosts);
	return MIN(target, BALLOON_NO_TARGET - 1);
}

unsigned long balloon_own_target(void)
{
	unsigned long flags = irq_save();
	unsigned long target = wanted.is_set ? to_own_count(wanted.target) : BALLOON_NO_TARGET;

	irq_restore(flags);
	return target;
}

static void set_target(bool is_set, unsigned long target)
{
	unsigned long flags = irq_save();
	bool changed = wanted.is_set != is_set || wanted.target != target;

	wanted.is_set = is_set;
	wanted.target = target;
	wanted.changed |= changed;
	irq_restore(flags);
	if (changed)
		balloon_trace(is_set ? BALLOON_TARGET : BALLOON_NONE, target, 0);
	balloon_wake();
}

void balloon_target_set(unsigned long frames)
{
	set_target(true, frames);
}

void balloon_target_none(void)
{
	set_target(false, 0);
}

void balloon_floor_set(unsigned long frames)
{
	WRITE_ONCE(wanted.least, frames);
	balloon_wake();
}

unsigned long balloon_least(void)
{
	return READ_ONCE(wanted.least);
}

bool balloon_target_changed(void)
{
	unsigned long flags = irq_save();
	bool changed = wanted.changed;

	wanted.changed = false;
	irq_restore(flags);
	return changed;
}
