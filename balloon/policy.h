/* SPDX-License-Identifier: MIT */
/* How much, and when: numbers in, numbers out. Frames and nanoseconds. */
#ifndef BALLOON_POLICY_H
#define BALLOON_POLICY_H

#include <kernel/types.h>

#define POLICY_STEP_MAX	   (64UL * 256UL)	   /* frames: 64 MiB */
#define POLICY_BACKOFF_MIN (1000ULL * 1000)	   /* 1 ms */
#define POLICY_BACKOFF_MAX (1000ULL * 1000 * 1000) /* 1 s */

/*
 * Frames to grow by when `request` are short: half of what is present, between the request and
 * 64 MiB, or the request if that is more, in whole blocks; never more than there is room for.
 */
unsigned long policy_step(unsigned long request, unsigned long present, unsigned long room);

/* The next pause after one of `backoff` (0: none before). */
uint64_t policy_backoff(uint64_t backoff);

#endif
