/* SPDX-License-Identifier: MIT */
/*
 * Faults on purpose. The call that may fault runs in a context of its own; when it faults, that
 * context is left where it stands and the one that made it goes on.
 */
#include <aerostat/fault.h>
#include <arch/cpu.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/page.h>
#include <sched/thread.h>

static struct {
	struct cpu_context caller, callee;
	void (*fn)(void *);
	void *arg;
	bool active, faulted;
	struct fault fault;
} attempt;

static void attempt_run(void *arg)
{
	(void)arg;
	attempt.fn(attempt.arg);
	cpu_context_switch(&attempt.callee, &attempt.caller);
}

/* The instruction after the fault: in the callee's context, on its stack, and never comes back. */
static void attempt_leave(void)
{
	cpu_context_switch(&attempt.callee, &attempt.caller);
}

bool upcall_fault(const struct fault *fault, uintptr_t *resume)
{
	if (!attempt.active || attempt.faulted || in_interrupt()) {
		if (thread_overran(fault->address))
			printk("\nthread: stack overflow in '%s'\n", thread_name());
		return false;
	}
	attempt.faulted = true;
	attempt.fault = *fault;
	*resume = (uintptr_t)attempt_leave;
	return true;
}

int fault_expect(void (*fn)(void *), void *arg, struct fault *fault)
{
	char *stack;

	if (attempt.active)
		return -EBUSY;
	stack = page_alloc(THREAD_STACK_ORDER, PAGE_FIXED);
	if (!stack)
		return -ENOMEM;

	unsigned long flags = irq_save();

	attempt.fn = fn;
	attempt.arg = arg;
	attempt.active = true;
	attempt.faulted = false;
	cpu_context_init(&attempt.callee, stack + THREAD_STACK_BYTES, attempt_run, NULL);
	cpu_context_switch(&attempt.caller, &attempt.callee);
	attempt.active = false;
	irq_restore(flags);
	page_free(stack, THREAD_STACK_ORDER);
	*fault = attempt.fault;
	return attempt.faulted ? -EFAULT : 0;
}
