/* SPDX-License-Identifier: MIT */
/* The last events, in a ring. */
#include <arch/cpu.h>

#include "trace.h"

static struct balloon_event ring[BALLOON_EVENTS_MAX];
static unsigned int newest, nr_events;

/* A guest at its ceiling may be short a thousand times a second: that is one event. */
static bool is_repeated(const struct balloon_event *event)
{
	const struct balloon_event *last = &ring[newest];

	return nr_events && last->backend == event->backend && last->kind == event->kind &&
	       last->frames == event->frames && last->err == event->err;
}

void balloon_trace(const char *backend, enum balloon_event_kind kind, unsigned long frames, int err)
{
	struct balloon_event event = {
		.backend = backend,
		.kind = kind,
		.frames = frames,
		.err = err,
	};
	unsigned long flags = irq_save();

	if (!is_repeated(&event)) {
		newest = (newest + 1) % BALLOON_EVENTS_MAX;
		nr_events = MIN(nr_events + 1, BALLOON_EVENTS_MAX);
		ring[newest] = event;
	}
	ring[newest].time = clock_ns();
	ring[newest].times++;
	irq_restore(flags);
}

const char *balloon_event_name(enum balloon_event_kind kind)
{
	static const char *const name[NR_BALLOON_EVENTS] = {
		[BALLOON_TARGET] = "target",	 [BALLOON_NONE] = "no target",
		[BALLOON_SHORTAGE] = "shortage", [BALLOON_GREW] = "grew",
		[BALLOON_SHRANK] = "shrank",	 [BALLOON_RECLAIMED] = "reclaimed",
		[BALLOON_REPORTED] = "reported", [BALLOON_CANCELLED] = "cancelled",
	};

	return name[kind];
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
