// SPDX-License-Identifier: MIT
/* Threads' contexts, by the C library's: each lies on the stack of the thread that it is of. */
#include <ucontext.h>
#include <arch/cpu.h>
#include <kernel/bug.h>

#include "context.h"

struct start {
	ucontext_t context;
	void (*entry)(void *arg);
	void *arg;
};

/* makecontext hands over ints only: the address comes in two halves. */
static void start(unsigned int high, unsigned int low)
{
	struct start *start = (struct start *)(uintptr_t)((uint64_t)high << 32 | low);

	start->entry(start->arg);
	panic("a thread returned from its entry");
}

/* No more than this is left for the frames below what lies at the top. */
#define STACK_MIN 4096U

void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
	uintptr_t top = ALIGN_DOWN((uintptr_t)stack_top - sizeof(struct start), (uintptr_t)16);
	struct start *s = (struct start *)top;

	getcontext(&s->context);
	host_context_has_no_caller(&s->context);
	s->context.uc_link = NULL;
	s->context.uc_stack.ss_sp = (void *)(top - STACK_MIN);
	s->context.uc_stack.ss_size = STACK_MIN;
	s->entry = entry;
	s->arg = arg;
	makecontext(&s->context, (void (*)(void))start, 2, (unsigned int)((uint64_t)top >> 32),
		    (unsigned int)top);
	ctx->sp = &s->context;
}

void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to)
{
	ucontext_t self;

	from->sp = &self;
	swapcontext(&self, to->sp);
}
