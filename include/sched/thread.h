/* SPDX-License-Identifier: MIT */
/*
 * Cooperative threads: one runs until it yields, sleeps, waits or ends. Runnable ones take turns.
 * Only thread_wake may be called in an interrupt. Without a runnable thread the processor waits for
 * an interrupt or the next deadline.
 */
#ifndef SCHED_THREAD_H
#define SCHED_THREAD_H

#include <lib/addr.h>

#define THREAD_STACK_ORDER CONFIG_THREAD_STACK_ORDER
#define THREAD_STACK_BYTES (PAGE_SIZE << THREAD_STACK_ORDER)

struct thread;

/* A queue of threads that wait for something; zero-initialised is empty. */
struct wait_queue {
	struct thread *first, *last;
};

/*
 * Start a thread that calls entry(arg). `name` is kept, not copied.
 * Return: NULL without memory for the stack (16 KiB, and an empty page below it).
 * Context: thread; memory may grow.
 */
struct thread *thread_start(const char *name, void (*entry)(void *), void *arg);

/* End the running thread. Context: thread. */
void thread_exit(void) __attribute__((noreturn));

/* Return the name of the running thread. Context: any. */
const char *thread_name(void);

/* Test whether an address lies in the page below the running thread's stack. Context: any. */
bool thread_overran(uintptr_t address);

/* Let the other runnable threads run. Context: thread. */
void thread_yield(void);

/* Sleep for `ns` nanoseconds. Context: thread. */
void thread_sleep_ns(uint64_t ns);

/*
 * Sleep until woken, or until clock_ns() reaches the deadline (0: none). A caller that waits for an
 * interrupt disables interrupts before it tests its condition, so that no wake-up is lost in
 * between. They are taken while it sleeps, and are off again on return.
 * Return: false if the deadline passed.
 * Context: thread.
 */
bool thread_wait(struct wait_queue *queue, uint64_t deadline_ns);

/* Wake all threads of a queue, in the order they came. Context: any. */
void thread_wake(struct wait_queue *queue);

#endif
