/* SPDX-License-Identifier: MIT */
/*
 * The one call of mm that goes up: memory is short. With BALLOON off nobody answers, and the answer
 * is no. With arch/upcalls.h the only such header; the layer check knows both.
 */
#ifndef MM_OOM_H
#define MM_OOM_H

#include <kernel/config.h>
#include <kernel/types.h>

/*
 * 2^order frames are wanted and not there. True: memory grew, try again. Threads only, never from
 * inside growth; never sleeps or yields.
 */
#if IS_ENABLED(CONFIG_BALLOON)
bool mm_oom(unsigned int order);
#else
static inline bool mm_oom(unsigned int order)
{
	(void)order;
	return false;
}
#endif

#endif
