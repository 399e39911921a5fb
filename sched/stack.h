/* SPDX-License-Identifier: MIT */
/* Stacks of threads: each has a page below it at which nothing is mapped. For sched/ alone. */
#ifndef SCHED_STACK_H
#define SCHED_STACK_H

#include <lib/types.h>

struct stack {
	char *base;  /* its lowest byte; THREAD_STACK_BYTES from here are mapped */
	void *pages; /* the same memory, in the direct map */
};

/* -ENOMEM: no memory, or no address. May grow memory. Threads only. */
int stack_alloc(struct stack *stack) __must_check;

/* Not the stack one is on. Threads only; interrupts on or off. */
void stack_free(const struct stack *stack);

/* Is it in the page below? */
bool stack_is_overrun(const struct stack *stack, uintptr_t address);

#endif
