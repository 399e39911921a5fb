/* SPDX-License-Identifier: MIT */
/* How much, and when. Pure: no state, no calls. */
#include "policy.h"
#include <kernel/addr.h>

unsigned long policy_step(unsigned long request, unsigned long present, unsigned long room)
{
	unsigned long step = MIN(present / 2, POLICY_STEP_MAX);

	/* Rounding up must not wrap: a request near the top is the room anyway. */
	if (step < request)
		step = MIN(request, room);
	step = ALIGN_UP(step, BLOCK_FRAMES);
	return MIN(step, room);
}

uint64_t policy_backoff(uint64_t backoff)
{
	if (backoff < POLICY_BACKOFF_MIN)
		return POLICY_BACKOFF_MIN;
	return MIN(backoff * 2, POLICY_BACKOFF_MAX);
}
