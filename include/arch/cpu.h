/* SPDX-License-Identifier: MIT */
/* The processor: interrupts, waiting, contexts, the clock, the end. One vCPU. */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <asm/irq.h> /* unsigned long irq_save(void); void irq_restore(unsigned long); both inline */
#include <lib/types.h>

/* Test whether upcall_interrupt() is running: no sleep, no growth of memory. Context: any. */
bool in_interrupt(void);

/* Switch interrupts on or off, to start a thread or to end the machine. Context: any. */
void irq_enable(void);
void irq_disable(void);

/* Wait for an interrupt, which is taken inside. Context: thread, interrupts off; off on return. */
void cpu_wait(void);

/* Relax between two reads in a loop that polls another party's memory. Context: any. */
static inline void cpu_relax(void)
{
	barrier();
}

/* The callee-saved state of a thread that is not running: its stack pointer. */
struct cpu_context {
	void *sp;
};

/* Make a context that calls entry(arg) on a stack that ends (exclusive) at stack_top, 16-aligned.
 */
void cpu_context_init(struct cpu_context *ctx, void *stack_top, void (*entry)(void *), void *arg);

/* Switch to `to`; return when a thread switches to `from`. Context: thread, interrupts off. */
void cpu_context_switch(struct cpu_context *from, const struct cpu_context *to);

/* Return the nanoseconds since the machine (or domain) started. Monotonic. Context: any. */
uint64_t clock_ns(void);

/*
 * Request an interrupt at or soon after clock_ns() == deadline_ns. The last request counts.
 * Context: interrupts off.
 */
void timer_arm(uint64_t deadline_ns);

/*
 * Return the number of entries into the host so far: hypercalls (each entry of a multicall) or
 * system calls.
 * Context: any.
 */
uint64_t host_calls(void);

/* Print the callers of this function, with names. Context: any. */
void cpu_backtrace(void);

/* End the machine with a status, 0 for success, passed to the host where it can be. Context: any.
 */
void machine_exit(int status) __noreturn;

/* End the machine after panic(), without locks or allocation. Context: any. */
void machine_crash(void) __noreturn;

#endif
