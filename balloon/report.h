/* SPDX-License-Identifier: MIT */
/* Free page reporting. The thread's. */
#ifndef BALLOON_REPORT_H
#define BALLOON_REPORT_H

#include <lib/config.h>
#include <lib/types.h>

#if IS_ENABLED(CONFIG_BALLOON_REPORTING)

/*
 * Has the host take back what is behind at most `max` free blocks that held data; others run in
 * between.
 */
void balloon_report(unsigned long max);

/* Looks for idle blocks, when it is time. Return: ns until the next time; POLICY_NEVER: none. */
uint64_t balloon_idle_scan(void);

#else

static inline void balloon_report(unsigned long max)
{
	(void)max;
}

static inline uint64_t balloon_idle_scan(void)
{
	return UINT64_MAX;
}

#endif

#endif
