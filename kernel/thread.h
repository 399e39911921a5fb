/* SPDX-License-Identifier: MIT */
/* What the files of the kernel floor share of threads; applications see aerostat/thread.h. */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <aerostat/thread.h>
#include <arch/cpu.h>
#include <kernel/addr.h>
#include <kernel/list.h>

#define STACK_ORDER 2
#define STACK_BYTES (PAGE_SIZE << STACK_ORDER)

/*
 * A thread lies at the upper end of its own stack, where no overflow reaches it. It is on the list
 * of runnable threads, or sleeps: on a wait queue, on the list of deadlines, or on both.
 */
struct thread {
	struct cpu_context context;
	const char *name;
	uint64_t
		*stack; /* its lowest word is the canary; NULL for the boot stack, which has none */
	void (*entry)(void *);
	void *arg;
	struct list runnable;
	struct list timer;
	uint64_t deadline; /* clock_ns(); 0: none, and not on the list of deadlines */
	struct wait_queue *queue;
	struct thread *queue_next, *queue_prev;
	bool woken; /* by thread_wake, not by its deadline */
};

/* kernel/timer.c. All with interrupts off. */
void timer_add(struct thread *thread);
void timer_remove(struct thread *thread);

/* The first thread whose deadline has come, taken off the list, or NULL. */
struct thread *timer_expired(void);

/* Has the port interrupt at the next deadline, if there is one. */
void timer_arm_next(void);

/* kernel/interrupt.c: woken by every interrupt, once the drivers have looked at it. */
extern struct wait_queue interrupt_queue;

#endif
