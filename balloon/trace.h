/* SPDX-License-Identifier: MIT */
/* The trace of the last events. */
#ifndef BALLOON_TRACE_H
#define BALLOON_TRACE_H

#include <balloon/balloon.h>

/*
 * Adds an event of the backend of this name; NULL: of all, or of a base that is not there yet.
 * Context: any.
 */
#if IS_ENABLED(CONFIG_BALLOON_TRACE)
void balloon_trace(const char *backend, enum balloon_event_kind kind, unsigned long frames,
		   int err);
#else
static inline void balloon_trace(const char *backend, enum balloon_event_kind kind,
				 unsigned long frames, int err)
{
	(void)backend;
	(void)kind;
	(void)frames;
	(void)err;
}
#endif

#endif
