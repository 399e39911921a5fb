/* SPDX-License-Identifier: MIT */
/* The processor: interrupts, waiting, contexts, the clock, the end. One vCPU. */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <asm/irq.h> /* unsigned long irq_save(void); void irq_restore(unsigned long); both inline */
#include <lib/types.h>

/* True inside upcall_interrupt(), where nothing may sleep, and memory may not grow. Any context. */
bool in_interrupt(void);

/* Interrupts on and off, whatever they were: for who starts a thread, or ends the machine. */
void irq_enable(void);
void irq_disable(void);

/* Waits for an interrupt. Called with interrupts off; they are taken inside; off again after. */
void cpu_wait(void);

/* Between two looks at what somebody else, not an interrupt, will write. */
static inline void cpu_relax(void)
{
	barrier();
}

/* The callee-saved state of a thread that is not running: its stack pointer. */
struct cpu_context {
	void *sp;
};

/* A context that calls entry(arg) on a stack that ends (exclusive) at stack_top, 16-aligned. */
void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg);

/* Goes on with `to`; returns when somebody switches to `from` again. Interrupts off. */
void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to);

/* Nanoseconds since the machine (or domain) started; never goes back. Any context. */
uint64_t clock_ns(void);

/*
 * Asks for an interrupt at or soon after clock_ns() == deadline; of several the last one counts.
 * Interrupts off.
 */
void timer_arm(uint64_t deadline_ns);

/*
 * Entries into the host so far: hypercalls (a multicall counts each of its entries), system calls.
 * Any context.
 */
uint64_t host_calls(void);

/* Prints the callers of this function, with names. Any context. */
void cpu_backtrace(void);

/* Ends the machine. 0 is success; the status reaches whoever started it where there is a way. */
void machine_exit(int status) __noreturn;

/* The same after panic(): no locks, no allocation, never returns. */
void machine_crash(void) __noreturn;

#endif
