/* SPDX-License-Identifier: MIT */
/*
 * Exceptions and interrupts: to the kernel what it can answer; where, why, registers and a
 * backtrace for the rest (Arm ARM D17.2.37, ESR_EL1).
 */
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/arm.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <kernel/ksyms.h>
#include <kernel/printk.h>

#define ESR_CLASS(esr)	((esr) >> 26 & 0x3f)
#define ESR_STATUS(esr) ((esr)&0x3f) /* of an abort */
#define ESR_WRITE	(1 << 6)
#define ESR_NO_ADDRESS	(1 << 10)

#define CLASS_INSTRUCTION_ABORT 0x21
#define CLASS_DATA_ABORT	0x25

static unsigned int interrupt_depth;

bool in_interrupt(void)
{
	return interrupt_depth != 0;
}

static const char *class_name(unsigned int class)
{
	switch (class) {
	case 0x00:
		return "undefined instruction";
	case 0x07:
		return "floating-point instruction";
	case 0x0e:
		return "illegal execution state";
	case 0x15:
		return "supervisor call";
	case 0x18:
		return "system register access";
	case CLASS_INSTRUCTION_ABORT:
		return "instruction abort";
	case 0x22:
		return "misaligned program counter";
	case CLASS_DATA_ABORT:
		return "data abort";
	case 0x26:
		return "misaligned stack pointer";
	case 0x2f:
		return "system error";
	case 0x3c:
		return "breakpoint instruction";
	default:
		return "unknown exception";
	}
}

static const char *trap_name(const struct trap_frame *f, unsigned int kind)
{
	switch (kind) {
	case TRAP_SYNC:
		return class_name(ESR_CLASS(f->esr));
	case TRAP_SERROR:
		return "system error";
	case TRAP_NO_STACK:
		return "no stack left";
	case TRAP_FIQ:
		return "fast interrupt";
	default:
		return "exception of a state the kernel is never in";
	}
}

static bool is_abort(const struct trap_frame *f)
{
	return ESR_CLASS(f->esr) == CLASS_DATA_ABORT ||
	       ESR_CLASS(f->esr) == CLASS_INSTRUCTION_ABORT;
}

/* Why an abort was; with a level where *level is not negative. */
static const char *abort_reason(unsigned int status, int *level)
{
	static const char *const by_level[] = {
		"address size",
		"translation fault",
		"access flag",
		"permission fault",
	};

	*level = -1;
	if (status < 0x10) {
		*level = (int)(status & 3);
		return by_level[status >> 2];
	}
	if ((status & 0x3c) == 0x14) {
		*level = (int)(status & 3);
		return "external abort on a page table";
	}
	switch (status) {
	case 0x10:
		return "external abort: nothing answers there";
	case 0x21:
		return "misaligned";
	case 0x30:
		return "conflict in the TLB";
	default:
		return "unknown reason";
	}
}

static void print_reason(const struct trap_frame *f)
{
	int level;
	const char *reason = abort_reason(ESR_STATUS(f->esr), &level);

	printk(": %s", reason);
	if (level >= 0)
		printk(", level %d", level);
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
static void __noreturn trap_die(const struct trap_frame *f, unsigned int kind,
				const struct fault *fault)
{
	die_quietly();
	printk("\nfatal: %s", fault->what);
	if (is_abort(f)) {
		printk(" at %016lx (%s)", f->far,
		       fault->execute ? "execute"
		       : fault->write ? "write"
				      : "read");
		print_reason(f);
	}
	printk("\n");
	print_registers(f);
	backtrace_from(f->pc, kind == TRAP_NO_STACK ? 0 : f->x[29]);
	machine_crash();
}

static void trap_fault(struct trap_frame *f, unsigned int kind)
{
	bool abort = is_abort(f) && !(f->esr & ESR_NO_ADDRESS);
	struct fault fault = {
		.what = trap_name(f, kind),
		.ip = f->pc,
		.address = abort ? f->far : 0,
		.write = ESR_CLASS(f->esr) == CLASS_DATA_ABORT && (f->esr & ESR_WRITE),
		.execute = ESR_CLASS(f->esr) == CLASS_INSTRUCTION_ABORT,
	};
	uintptr_t resume = f->pc;

	if (kind != TRAP_SYNC || !upcall_fault(&fault, &resume))
		trap_die(f, kind, &fault);
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
