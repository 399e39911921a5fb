/* SPDX-License-Identifier: MIT */
/*
 * The one call of mm that goes up: memory is short. With BALLOON off memory does not grow. With
 * arch/upcalls.h the only such header; the layer check knows both.
 */
#ifndef MM_OOM_H
#define MM_OOM_H

#include <lib/config.h>
#include <lib/errno.h>
#include <lib/types.h>

/*
 * Grows memory because 2^order neighbouring frames are short. Return: 0: more is free than before,
 * try again; -ENOMEM: it takes a few free frames to grow, for page tables; others: no growth helps
 * now. Context: threads, never from inside growth; never sleeps or yields.
 */
#if IS_ENABLED(CONFIG_BALLOON)
int mm_oom(unsigned int order) __must_check;
#else
static inline int mm_oom(unsigned int order)
{
	(void)order;
	return -ENODEV;
}
#endif

#endif
