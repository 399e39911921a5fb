/* SPDX-License-Identifier: MIT */
/* Whoever waits for anything that comes in. */
#ifndef KERNEL_INTERRUPT_H
#define KERNEL_INTERRUPT_H

#include <sched/thread.h>

/* Woken by every interrupt, once the drivers have looked at it. */
extern struct wait_queue interrupt_queue;

#endif
