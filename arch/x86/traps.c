/* SPDX-License-Identifier: MIT */
/* Exceptions and events: to the kernel what it can answer, registers and a backtrace for the rest.
 */
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/trap.h>
#include <lib/ksyms.h>
#include <lib/printk.h>

static unsigned int interrupt_depth;

bool in_interrupt(void)
{
	return interrupt_depth != 0;
}

static const char *trap_name(uint64_t vector)
{
	static const char *const name[NR_TRAPS] = {
		"divide error",
		"debug",
		"NMI",
		"breakpoint",
		"overflow",
		"bound range",
		"invalid opcode",
		"no device",
		"double fault",
		"coprocessor overrun",
		"invalid TSS",
		"segment not present",
		"stack fault",
		"general protection",
		"page fault",
		"reserved",
		"x87 floating point",
		"alignment check",
		"machine check",
		"SIMD floating point",
	};

	return vector < NR_TRAPS ? name[vector] : "unknown trap";
}

static void print_registers(const struct trap_frame *f)
{
	unsigned long offset;
	const char *symbol = ksym_find(f->ip, &offset);

	printk("ip  " WORD_HEX " %s+0x%lx\n", (uintptr_t)f->ip, symbol ? symbol : "?",
	       symbol ? offset : 0);
#define ROW(name_a, a, name_b, b, name_c, c)                                                   \
	printk("%s " WORD_HEX "  %s " WORD_HEX "  %s " WORD_HEX "\n", name_a, (uintptr_t)f->a, \
	       name_b, (uintptr_t)f->b, name_c, (uintptr_t)f->c);
	TRAP_REGISTERS(ROW)
#undef ROW
}

/* A line that says what happened, then registers and callers. */
static void report(const struct trap_frame *f, const struct fault *fault)
{
	printk("\nfatal: %s", fault->what);
	if (f->vector == TRAP_PAGE_FAULT)
		printk(" at " WORD_HEX " (%s)", fault->address,
		       fault->execute ? "execute"
		       : fault->write ? "write"
				      : "read");
	printk("\n");
	print_registers(f);
	backtrace_from(f->ip, trap_stack(f));
}

/* A report that faults itself ends where it stands. */
static void __noreturn trap_die(const struct trap_frame *f, const struct fault *fault)
{
	static bool reporting;

	if (!reporting) {
		reporting = true;
		report(f, fault);
	}
	machine_crash();
}

static void trap_fault(struct trap_frame *f)
{
	bool page_fault = f->vector == TRAP_PAGE_FAULT;
	struct fault fault = {
		.what = trap_name(f->vector),
		.ip = f->ip,
		.address = page_fault || f->vector == TRAP_DOUBLE_FAULT ? trap_fault_address() : 0,
		.write = page_fault && (f->error & 2),
		.execute = page_fault && (f->error & 16),
	};
	uintptr_t resume = f->ip;

	if (!upcall_fault(&fault, &resume))
		trap_die(f, &fault);
	f->ip = resume;
}

void trap_handle(struct trap_frame *frame)
{
	if (frame->vector != TRAP_EVENT) {
		trap_fault(frame);
		return;
	}
	interrupt_depth++;
	upcall_interrupt();
	interrupt_done();
	interrupt_depth--;
}
