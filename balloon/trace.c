/* SPDX-License-Identifier: MIT */
/* The last events, in a ring. */
#include <arch/cpu.h>

#include "engine.h"

static struct balloon_event ring[BALLOON_EVENTS_MAX];
static unsigned int newest, nr_events;

/* A guest at its ceiling may be short a thousand times a second: that is one event. */
static bool is_repeated(enum balloon_event_kind kind, unsigned long frames, int err)
{
	const struct balloon_event *last = &ring[newest];

	return nr_events && last->kind == kind && last->frames == frames && last->err == err;
}

void balloon_trace(enum balloon_event_kind kind, unsigned long frames, int err)
{
	unsigned long flags = irq_save();

	if (!is_repeated(kind, frames, err)) {
		newest = (newest + 1) % BALLOON_EVENTS_MAX;
		nr_events = MIN(nr_events + 1, BALLOON_EVENTS_MAX);
		ring[newest] = (struct balloon_event){.kind = kind, .frames = frames, .err = err};
	}
	ring[newest].time = clock_ns();
	ring[newest].times++;
	irq_restore(flags);
}

bool balloon_event_get(unsigned int nth, struct balloon_event *event)
{
	unsigned long flags = irq_save();
	bool found = nth < nr_events;

	if (found)
		*event = ring[(newest + BALLOON_EVENTS_MAX - nth) % BALLOON_EVENTS_MAX];
	irq_restore(flags);
	return found;
}
