/* SPDX-License-Identifier: MIT */
/* What a trap leaves on the stack (traps64.S builds it). */
#ifndef ASM_TRAP_H
#define ASM_TRAP_H

#include <kernel/types.h>

#define NR_TRAPS	20
#define TRAP_DEBUG	1
#define TRAP_BREAKPOINT 3
#define TRAP_OVERFLOW	4
#define TRAP_PAGE_FAULT 14
#define TRAP_EVENT	32 /* what comes in: Xen's event upcall, or an interrupt */

struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

static_assert(sizeof(struct trap_frame) % 16 == 0, "keeps the stack aligned");

/* Entry points by vector, 0 to NR_TRAPS - 1, then the event upcall's. */
extern const uintptr_t trap_entries[NR_TRAPS + 1];

/* Tells Xen, or the processor, where traps and events go. */
void traps_init(void);

/* Where the page fault was that is being handled. */
uintptr_t trap_fault_address(void);

/* The interrupt was handled: whoever sent it is told, where that is due. */
void interrupt_done(void);

/* Prints the callers found on the stack at rsp, beginning with rip. */
void backtrace_from(uintptr_t rip, uintptr_t rsp);

/* From traps64.S, interrupts off. */
void trap_handle(struct trap_frame *frame);

#endif
