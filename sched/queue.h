/* SPDX-License-Identifier: MIT */
/* What a thread is made of, and the list of deadlines: for the scheduler alone. */
#ifndef SCHED_QUEUE_H
#define SCHED_QUEUE_H

#include <arch/cpu.h>
#include <lib/addr.h>
#include <lib/list.h>
#include <sched/thread.h>

#include "stack.h"

/*
 * A thread lies at the upper end of its own stack, where no overflow reaches it. It is on the list
 * of runnable threads, or sleeps: on a wait queue, on the list of deadlines, or on both.
 */
struct thread {
	struct cpu_context context;
	const char *name;
	struct stack stack; /* all NULL: the boot stack, in the image */
	void (*entry)(void *);
	void *arg;
	struct list runnable;
	struct list timer;
	uint64_t deadline; /* clock_ns(); 0: none, and not on the list of deadlines */
	struct wait_queue *queue;
	struct thread *queue_next, *queue_prev;
	bool woken; /* by thread_wake, not by its deadline */
};

/* timer.c. All with interrupts off. */
void timer_add(struct thread *thread);
void timer_remove(struct thread *thread);

/* The first thread whose deadline has come, taken off the list, or NULL. */
struct thread *timer_expired(void);

/* Has the port interrupt at the next deadline, if there is one. */
void timer_arm_next(void);

#endif
