/* SPDX-License-Identifier: MIT */
/* Signals as faults: answered by the kernel, or reported. Memory that was given back is named. */
#define _GNU_SOURCE
#include <arch/cpu.h>
#include <arch/page.h>
#include <arch/upcalls.h>
#include <lib/bug.h>
#include <lib/printk.h>
#include <signal.h>

#include "pagetable.h"
#include "port.h"

#define MS_PER_S 1000ULL

static const char *name_of(int number)
{
	switch (number) {
	case SIGSEGV:
		return "page fault";
	case SIGBUS:
		return "bus error";
	case SIGILL:
		return "illegal instruction";
	default:
		return "arithmetic error";
	}
}

/* What this port alone knows of an address in the direct map. */
static void say_whose(const void *va)
{
	uint64_t now = clock_ns() / 1000000, then;
	pfn_t pfn = virt_to_pfn(va);

	if (!is_directmap(va))
		return;
	printk("  frame %lu in pageblock %lu: ", pfn.v, pfn_block(pfn));
	if (linux_pt_is_mapped(va))
		printk("present\n");
	else if (!linux_pt_released(va, &then))
		printk("never populated\n");
	else
		printk("released to the host %llu.%03llu s after the start, %llu ms ago\n",
		       (unsigned long long)(then / MS_PER_S), (unsigned long long)(then % MS_PER_S),
		       (unsigned long long)(now - then));
}

static void report(const struct fault *fault, uintptr_t fp)
{
	printk("fatal: %s at %016lx (%s)\n", fault->what, (unsigned long)fault->address,
	       fault->execute ? "execute"
	       : fault->write ? "write"
			      : "read");
	say_whose((const void *)fault->address);
	linux_backtrace(fault->ip, fp);
}

static void take_fault(int number, siginfo_t *info, void *context)
{
	static bool reporting;
	struct linux_registers at;
	struct fault fault;
	uintptr_t resume;

	linux_registers_get(context, &at);
	fault = (struct fault){.what = name_of(number),
			       .ip = at.ip,
			       .address = (uintptr_t)info->si_addr,
			       .write = at.write,
			       .execute = at.execute};
	if (!reporting && upcall_fault(&fault, &resume)) {
		linux_registers_resume(context, resume);
		return;
	}
	irq_disable();
	/* A report that faults itself ends where it stands. */
	if (!reporting) {
		reporting = true;
		report(&fault, at.fp);
	}
	machine_crash();
}

void linux_faults_init(void)
{
	static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
	struct sigaction action = {
		.sa_sigaction = take_fault,
		.sa_flags = SA_ONSTACK | SA_SIGINFO | SA_NODEFER,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], &action, NULL))
			panic("linux: cannot install a signal handler");
}
