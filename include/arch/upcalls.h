/* SPDX-License-Identifier: MIT */
/*
 * The calls that go up: what a port calls in the kernel. With mm/oom.h the only such header; the
 * layer check knows both. panic (lib/bug.h) belongs to them.
 */
#ifndef ARCH_UPCALLS_H
#define ARCH_UPCALLS_H

#include <lib/types.h>

/* The port is up: direct map, boot_info, traps, early console. On the boot stack, interrupts off.
 */
void upcall_start(void) __noreturn;

/* Something came in: a Xen event upcall, an interrupt. Interrupts off, on the interrupted stack. */
void upcall_interrupt(void);

struct fault {
	const char *what; /* "page fault" */
	uintptr_t ip;
	uintptr_t address; /* page faults, and those that no stack was left for: where; else 0 */
	bool write, execute;
};

/*
 * The guest faulted. True: the kernel has an answer, and execution goes on at *resume (for tests
 * that provoke a fault), if there is a stack for it. False: the kernel has said what it knows, and
 * the port prints registers and backtrace and ends the machine.
 */
bool upcall_fault(const struct fault *fault, uintptr_t *resume);

#endif
