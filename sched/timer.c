/* SPDX-License-Identifier: MIT */
/*
 * Sleeping threads, sorted by deadline. There is no tick: the clock is read when threads take
 * turns, and the port's timer is armed only when nobody can run.
 */
#include "queue.h"

static struct list sleeping = LIST_INIT(sleeping);

static struct thread *timer_thread(struct list *node)
{
	return container_of(node, struct thread, timer);
}

/* Equal deadlines keep their order. */
void timer_add(struct thread *thread)
{
	struct list *after = sleeping.prev;

	while (after != &sleeping && timer_thread(after)->deadline > thread->deadline)
		after = after->prev;
	list_push(after, &thread->timer);
}

void timer_remove(struct thread *thread)
{
	list_remove(&thread->timer);
}

struct thread *timer_expired(void)
{
	struct list *first = list_first(&sleeping);

	if (!first || timer_thread(first)->deadline > clock_ns())
		return NULL;
	list_remove(first);
	return timer_thread(first);
}

void timer_arm_next(void)
{
	struct list *first = list_first(&sleeping);

	if (first)
		timer_arm(timer_thread(first)->deadline);
}
