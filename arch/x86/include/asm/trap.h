/* SPDX-License-Identifier: MIT */
/* Traps, whoever takes them in first. What one leaves on the stack is in asm/width.h. */
#ifndef ASM_TRAP_H
#define ASM_TRAP_H

#include <asm/width.h>
#include <lib/types.h>

#define NR_TRAPS	  20
#define TRAP_BREAKPOINT	  3
#define TRAP_OVERFLOW	  4
#define TRAP_DOUBLE_FAULT 8
#define TRAP_PAGE_FAULT	  14
#define TRAP_EVENT	  32 /* what comes in: Xen's event upcall, or the timer */
/*
 * What comes in by interrupt lines, handled alike. Not by the timer's vector: a local APIC keeps
 * one trigger mode a vector, and the end of a level interrupt that an edge came over is told to
 * nobody.
 */
#define TRAP_LINE 33

/* Entry points by vector, 0 to NR_TRAPS - 1, then the event upcall's. */
extern const uintptr_t trap_entries[NR_TRAPS + 1];

/* Tells Xen, or the processor, where traps and events go. */
void traps_init(void);

/* Where the page fault was that is being handled, or led to the double fault. */
uintptr_t trap_fault_address(void);

/* The interrupt was handled: whoever sent it is told, where that is due. */
void interrupt_done(void);

/* Prints the callers found on the stack at `sp`, beginning with `ip`. */
void backtrace_from(uintptr_t ip, uintptr_t sp);

/* From traps64.S or traps32.S, interrupts off. */
void trap_handle(struct trap_frame *frame);

#endif
