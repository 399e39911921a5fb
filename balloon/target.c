/* SPDX-License-Identifier: MIT */
/* What is wanted: targets and the user's floor. Any context says it, turn.c follows. */
#include <arch/cpu.h>

#include "engine.h"

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

unsigned long balloon_own_target(const struct balloon_member *m)
{
	const struct balloon_wanted *wanted = &m->wanted;
	unsigned long flags = irq_save();
	unsigned long target = BALLOON_NO_TARGET;

	if (wanted->is_set)
		target = to_own_count(&m->stats, wanted->target);
	irq_restore(flags);
	return target;
}

static void set_target(struct balloon_member *m, bool is_set, unsigned long target)
{
	struct balloon_wanted *wanted = &m->wanted;
	unsigned long flags = irq_save();
	bool changed = wanted->is_set != is_set || wanted->target != target;

	wanted->is_set = is_set;
	wanted->target = target;
	wanted->changed |= changed;
	irq_restore(flags);
	if (changed)
		balloon_trace(m, is_set ? BALLOON_TARGET : BALLOON_NONE, target, 0);
	balloon_wake();
}

void balloon_target_set(unsigned long frames)
{
	set_target(&balloon.member[0], true, frames);
}

void balloon_target_none(void)
{
	set_target(&balloon.member[0], false, 0);
}

void balloon_backend_target_set(const struct balloon_backend *backend, unsigned long frames)
{
	struct balloon_member *m = NULL;

	while ((m = balloon_next(m)))
		if (m->backend == backend)
			set_target(m, true, frames);
}

void balloon_floor_set(unsigned long frames)
{
	WRITE_ONCE(balloon.least, frames);
	balloon_wake();
}

bool balloon_target_changed(struct balloon_member *m)
{
	unsigned long flags = irq_save();
	bool changed = m->wanted.changed;

	m->wanted.changed = false;
	irq_restore(flags);
	return changed;
}
