/* SPDX-License-Identifier: MIT */
/* Callers by the chain of frame records: each holds the address of the one before, and a return. */
#include <arch/cpu.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <lib/ksyms.h>
#include <lib/printk.h>

#define CALLERS_MAX 24
#define PAR_FAULT   1
#define CALL_BYTES  4U

/* The call lies before `pc`, by `back` bytes: what does not return may be a function's last. */
static void print_caller(uintptr_t pc, unsigned int back)
{
	unsigned long offset;
	const char *symbol = ksym_find(pc - back, &offset);

	if (symbol)
		printk("    %016lx %s+0x%lx\n", pc, symbol, offset + back);
	else
		printk("    %016lx\n", pc);
}

/* Whatever a broken chain points at: the processor says whether it can be read. */
static bool can_be_read(uintptr_t va)
{
	uint64_t par;

	if (!IS_ALIGNED(va, (uintptr_t)16))
		return false;
	__asm__ volatile("at s1e1r, %1; isb; mrs %0, par_el1" : "=r"(par) : "r"(va) : "memory");
	return !(par & PAR_FAULT);
}

void backtrace_from(uintptr_t pc, uintptr_t fp)
{
	printk("backtrace:\n");
	print_caller(pc, 0);
	for (unsigned int nr = 0; nr < CALLERS_MAX && fp && can_be_read(fp); nr++) {
		const uintptr_t *record = (const uintptr_t *)fp;

		if (!record[1])
			return;
		print_caller(record[1], CALL_BYTES);
		fp = record[0];
	}
}

void cpu_backtrace(void)
{
	backtrace_from((uintptr_t)__builtin_return_address(0),
		       *(const uintptr_t *)__builtin_frame_address(0));
}
