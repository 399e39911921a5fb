/* SPDX-License-Identifier: MIT */
/* Traps, of Xen or of the processor. Their stack frame is in asm/width.h. */
#ifndef ASM_TRAP_H
#define ASM_TRAP_H

#include <asm/width.h>
#include <lib/types.h>

#define NR_TRAPS	  20
#define TRAP_BREAKPOINT	  3
#define TRAP_OVERFLOW	  4
#define TRAP_DOUBLE_FAULT 8
#define TRAP_PAGE_FAULT	  14
#define TRAP_EVENT	  32 /* Xen's event upcall, or the timer */
/*
 * The vector of interrupt lines, handled like TRAP_EVENT. Not the timer's vector: a local APIC
 * keeps one trigger mode a vector, and the end of a level interrupt after an edge would not be
 * signalled.
 */
#define TRAP_LINE 33

/* Entry points by vector, 0 to NR_TRAPS - 1, then that of the event upcall. */
extern const uintptr_t trap_entries[NR_TRAPS + 1];

/* Install the entry points of traps and events. */
void traps_init(void);

/* Return the address of the current page fault, or of the one before a double fault. */
uintptr_t trap_fault_address(void);

/* Signal the end of an interrupt, where its source needs it. */
void interrupt_done(void);

/* Print `ip` and the callers found on the stack at `sp`. */
void backtrace_from(uintptr_t ip, uintptr_t sp);

/* Handle a trap. Context: from traps64.S or traps32.S, interrupts off. */
void trap_handle(struct trap_frame *frame);

#endif
