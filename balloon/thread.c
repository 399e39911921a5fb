/* SPDX-License-Identifier: MIT */
/* The thread that follows the targets: turn after turn, and at rest in between. */
#include <arch/cpu.h>
#include <sched/thread.h>

#include "engine.h"
#include "policy.h"

static struct wait_queue work, settlers;
static bool runs, woken, settled;

void balloon_wake(void)
{
	unsigned long flags = irq_save();

	woken = true;
	settled = false;
	thread_wake(&work);
	irq_restore(flags);
}

/* Until woken, or for so long. Whoever waits for a result has it. */
static void rest(uint64_t wait)
{
	unsigned long flags = irq_save();

	if (!woken) {
		settled = true;
		thread_wake(&settlers);
		thread_wait(&work, wait == POLICY_NEVER ? 0 : clock_ns() + wait);
	}
	woken = false;
	irq_restore(flags);
}

static void balloon_follow(void *arg)
{
	(void)arg;
	for (;;) {
		uint64_t wait = balloon_turn(), look;

		if (wait) {
			look = balloon_look();
			rest(MIN(wait, look));
		} else {
			thread_yield();
		}
	}
}

int balloon_start(void)
{
	if (!balloon_next(NULL))
		return -ENODEV;
	if (!thread_start("balloon", balloon_follow, NULL))
		return -ENOMEM;
	runs = true;
	return 0;
}

int balloon_settle(void)
{
	unsigned long flags;

	if (!runs)
		return -ENODEV;
	flags = irq_save();
	while (!settled)
		thread_wait(&settlers, 0);
	irq_restore(flags);
	return balloon_turn_result();
}
