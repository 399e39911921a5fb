/* SPDX-License-Identifier: MIT */
/* Cooperative threads: turns, waiting, the end of a thread, and what happens when none can run. */
#include <lib/bug.h>

#include "queue.h"

static struct thread boot_thread = {.name = "boot",
				    .runnable = LIST_INIT(boot_thread.runnable),
				    .timer = LIST_INIT(boot_thread.timer)};
static struct thread *current = &boot_thread;
static struct list runnable = LIST_INIT(runnable);

/* It ended and still lies on its own stack: whoever runs next frees it. */
static struct thread *ended;

static void free_ended(void)
{
	struct stack stack;

	if (!ended)
		return;
	stack = ended->stack; /* which it lies on itself */
	ended = NULL;
	if (stack.base)
		stack_free(&stack);
}

/* Runnable again, and nowhere else. Interrupts off. */
static void make_runnable(struct thread *thread)
{
	list_append(&runnable, &thread->runnable);
}

static void queue_append(struct wait_queue *queue, struct thread *thread)
{
	thread->queue = queue;
	thread->queue_next = NULL;
	thread->queue_prev = queue->last;
	if (queue->last)
		queue->last->queue_next = thread;
	else
		queue->first = thread;
	queue->last = thread;
}

static void queue_remove(struct thread *thread)
{
	struct wait_queue *queue = thread->queue;

	if (!queue)
		return;
	if (thread->queue_prev)
		thread->queue_prev->queue_next = thread->queue_next;
	else
		queue->first = thread->queue_next;
	if (thread->queue_next)
		thread->queue_next->queue_prev = thread->queue_prev;
	else
		queue->last = thread->queue_prev;
	thread->queue = NULL;
}

/* The next whose turn it is; waits with the processor at rest while there is none. */
static struct thread *next_runnable(void)
{
	for (;;) {
		struct thread *thread;

		while ((thread = timer_expired())) {
			queue_remove(thread);
			make_runnable(thread);
		}

		struct list *first = list_first(&runnable);

		if (first) {
			list_remove(first);
			return container_of(first, struct thread, runnable);
		}
		timer_arm_next();
		cpu_wait();
	}
}

/* Interrupts off. Whoever comes back here runs as it did before. */
static void switch_away(void)
{
	struct thread *from = current, *to;

	to = next_runnable();
	if (to == from)
		return;
	current = to;
	cpu_context_switch(&from->context, &to->context);
	free_ended();
}

static void thread_run(void *arg)
{
	struct thread *thread = arg;

	free_ended();
	irq_enable();
	thread->entry(thread->arg);
	thread_exit();
}

struct thread *thread_start(const char *name, void (*entry)(void *), void *arg)
{
	struct thread *thread;
	struct stack stack;

	if (stack_alloc(&stack))
		return NULL;
	thread = (struct thread *)(stack.base + THREAD_STACK_BYTES) - 1;
	*thread = (struct thread){.name = name, .stack = stack, .entry = entry, .arg = arg};
	list_init(&thread->runnable);
	list_init(&thread->timer);
	cpu_context_init(&thread->context, (void *)((uintptr_t)thread & ~(uintptr_t)15), thread_run,
			 thread);

	unsigned long flags = irq_save();

	make_runnable(thread);
	irq_restore(flags);
	return thread;
}

void thread_exit(void)
{
	irq_disable();
	ended = current;
	switch_away();
	panic("thread: '%s' ran after its end", current->name);
}

bool thread_overran(uintptr_t address)
{
	return current->stack.base && stack_is_overrun(&current->stack, address);
}

const char *thread_name(void)
{
	return current->name;
}

void thread_yield(void)
{
	unsigned long flags = irq_save();

	make_runnable(current);
	switch_away();
	irq_restore(flags);
}

bool thread_wait(struct wait_queue *queue, uint64_t deadline_ns)
{
	unsigned long flags = irq_save();
	struct thread *thread = current;

	assert(!in_interrupt());
	thread->woken = false;
	thread->deadline = deadline_ns;
	if (queue)
		queue_append(queue, thread);
	if (deadline_ns)
		timer_add(thread);
	switch_away();
	irq_restore(flags);
	return thread->woken;
}

void thread_sleep_ns(uint64_t ns)
{
	uint64_t deadline;

	if (__builtin_add_overflow(clock_ns(), ns, &deadline))
		deadline = UINT64_MAX;
	thread_wait(NULL, deadline);
}

void thread_wake(struct wait_queue *queue)
{
	unsigned long flags = irq_save();
	struct thread *thread;

	while ((thread = queue->first)) {
		queue_remove(thread);
		timer_remove(thread);
		thread->woken = true;
		make_runnable(thread);
	}
	irq_restore(flags);
}
