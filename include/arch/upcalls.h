/* SPDX-License-Identifier: MIT */
/*
 * The functions of the kernel that a port calls. With mm/oom.h this is the only header of upward
 * calls; the layer check exempts both. panic (lib/bug.h) belongs to them.
 */
#ifndef ARCH_UPCALLS_H
#define ARCH_UPCALLS_H

#include <lib/types.h>

/*
 * Start the kernel. The port has the direct map, boot_info, traps and an early console.
 * Context: boot stack, interrupts off.
 */
void upcall_start(void) __noreturn;

/* Handle a Xen event upcall or an interrupt. Context: interrupted stack, interrupts off. */
void upcall_interrupt(void);

struct fault {
	const char *what; /* "page fault" */
	uintptr_t ip;
	uintptr_t address; /* of page faults, and of faults without a stack; else 0 */
	bool write, execute;
};

/*
 * Handle a fault of the guest.
 * Return: true if execution goes on at *resume, for tests that provoke a fault. False if the port
 * is to print registers and backtrace and end the machine; the kernel has printed its part.
 * Context: any; interrupts off.
 */
bool upcall_fault(const struct fault *fault, uintptr_t *resume);

#endif
