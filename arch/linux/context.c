/* SPDX-License-Identifier: MIT */
/*
 * Threads' contexts, by the C library's: each lies on the stack of the thread that it is of.
 * AddressSanitizer is told of each switch, or it would take one stack for another.
 */
#include <arch/cpu.h>
#include <lib/bug.h>
#include <lib/config.h>
#include <sanitizer/common_interface_defs.h>
#include <ucontext.h>

#include "context.h"

/* What a thread leaves on its stack for ever is not to look like part of it afterwards. */
#define __no_redzones __attribute__((no_sanitize("address")))

struct start {
	ucontext_t context;
	void (*entry)(void *arg);
	void *arg;
};

/* The part that is known of the stack we are on; the first one's is not. */
static stack_t current;

static void before_switch(void **fake, const ucontext_t *to)
{
	current = to->uc_stack;
	if (IS_ENABLED(CONFIG_SANITIZE))
		__sanitizer_start_switch_fiber(fake, current.ss_sp, current.ss_size);
}

static void after_switch(void *fake)
{
	if (IS_ENABLED(CONFIG_SANITIZE))
		__sanitizer_finish_switch_fiber(fake, NULL, NULL);
}

/* makecontext hands over ints only: the address comes in two halves. */
static __no_redzones void start(unsigned int high, unsigned int low)
{
	struct start *start = (struct start *)(uintptr_t)((uint64_t)high << 32 | low);

	after_switch(NULL);
	start->entry(start->arg);
	panic("thread: its entry function returned");
}

/* No more than this is left for the frames below what lies at the top. */
#define STACK_MIN 4096U

void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg)
{
	uintptr_t top = ALIGN_DOWN((uintptr_t)stack_top - sizeof(struct start), (uintptr_t)16);
	struct start *s = (struct start *)top;

	getcontext(&s->context);
	linux_context_has_no_caller(&s->context);
	s->context.uc_link = NULL;
	s->context.uc_stack.ss_sp = (void *)(top - STACK_MIN);
	s->context.uc_stack.ss_size = STACK_MIN;
	s->entry = entry;
	s->arg = arg;
	makecontext(&s->context, (void (*)(void))start, 2, (unsigned int)((uint64_t)top >> 32),
		    (unsigned int)top);
	ctx->sp = &s->context;
}

__no_redzones void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to)
{
	ucontext_t self;
	void *fake = NULL;

	self.uc_stack = current;
	from->sp = &self;
	before_switch(&fake, to->sp);
	swapcontext(&self, to->sp);
	after_switch(fake);
}
