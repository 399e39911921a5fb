/* SPDX-License-Identifier: MIT */
/*
 * Cooperative threads: one runs until it yields, sleeps, waits or ends. Runnable ones take turns.
 * All of it is for threads, except thread_wake, which an interrupt may call. With nobody runnable
 * the processor waits, and nothing wakes it but an interrupt or the next deadline.
 */
#ifndef SCHED_THREAD_H
#define SCHED_THREAD_H

#include <lib/addr.h>

#define THREAD_STACK_ORDER 2
#define THREAD_STACK_BYTES (PAGE_SIZE << THREAD_STACK_ORDER)

struct thread;

/* A queue of threads that wait for something; zero-initialised is empty. */
struct wait_queue {
	struct thread *first, *last;
};

/* `name` is kept, not copied. NULL: no memory for the stack (16 KiB, and an empty page below it).
 */
struct thread *thread_start(const char *name, void (*entry)(void *), void *arg);
void thread_exit(void) __attribute__((noreturn));
const char *thread_name(void);

/* Is this address in the page below the running thread's stack? Any context, for reports of faults.
 */
bool thread_overran(uintptr_t address);

void thread_yield(void);
void thread_sleep_ns(uint64_t ns);

/*
 * Sleeps until woken or until clock_ns() reaches the deadline (0: for ever). False: deadline.
 * Who waits for an interrupt holds interrupts off from its look at the condition until here, so
 * that no wake-up is lost between; they are taken while it sleeps, and off again when it returns.
 */
bool thread_wait(struct wait_queue *queue, uint64_t deadline_ns);

/* Wakes all that wait, in the order they came. Any context. */
void thread_wake(struct wait_queue *queue);

#endif
