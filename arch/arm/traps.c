/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts: to the kernel what it can answer; where, why, registers and a
 * backtrace for the rest.
 */
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/arm.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <lib/ksyms.h>
#include <lib/printk.h>

static unsigned int interrupt_depth;

bool in_interrupt(void)
{
	return interrupt_depth != 0;
}

static void print_registers(const struct trap_frame *f)
{
	unsigned long offset;
	const char *symbol = ksym_find(f->pc, &offset);

	printk("pc  %016lx %s+0x%lx\n", f->pc, symbol ? symbol : "?", symbol ? offset : 0);
	printk("sp  %016lx  psr %016lx  esr %016lx\n", f->sp, f->pstate, f->esr);
	for (unsigned int i = 0; i < ARRAY_SIZE(f->x); i++)
		printk("x%-2u %016lx%s", i, f->x[i],
		       i % 3 == 2 || i + 1 == ARRAY_SIZE(f->x) ? "\n" : "  ");
}

/* What is done at the end may fault, too: the second time less is done, and the third nothing. */
static void die_quietly(void)
{
	static unsigned int deaths;

	if (deaths++ == 0)
		return;
	if (deaths == 2)
		psci_off();
	for (;;)
		__asm__ volatile("wfi");
}

/* A line that says what happened, then registers and callers, then the end. */
static void __noreturn trap_die(const struct trap_frame *f, const struct fault *fault)
{
	die_quietly();
	printk("\n");
	syndrome_say(f, fault);
	print_registers(f);
	backtrace_from(f->pc, f->x[29]);
	machine_crash();
}

static void trap_fault(struct trap_frame *f, unsigned int kind)
{
	struct fault fault = syndrome_fault(f, kind);
	uintptr_t resume = f->pc;
	bool answered = upcall_fault(&fault, &resume);

	if (kind != TRAP_SYNC || !answered)
		trap_die(f, &fault);
	f->pc = resume;
}

void trap_handle(struct trap_frame *frame, unsigned int kind)
{
	if (kind != TRAP_IRQ) {
		trap_fault(frame, kind);
		return;
	}
	interrupt_depth++;
	gic_handle();
	interrupt_depth--;
}
