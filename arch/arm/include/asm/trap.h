/* SPDX-License-Identifier: MIT */
/* Exceptions: what vectors.S leaves on the stack for traps.c. */
#ifndef ASM_TRAP_H
#define ASM_TRAP_H

/* The vector of an exception. */
#define TRAP_SYNC     0
#define TRAP_IRQ      1
#define TRAP_FIQ      2
#define TRAP_SERROR   3
#define TRAP_NO_STACK 4 /* a synchronous one, without a stack for its frame */
#define TRAP_STRANGE  5 /* of a state that the kernel is never in */

#define TRAP_FRAME_SIZE 288
#define TRAP_FRAME_SP	248

#ifndef __ASSEMBLY__

#include <arch/upcalls.h>
#include <lib/types.h>

struct trap_frame {
	uint64_t x[31]; /* x29 the frame pointer, x30 the link register */
	uint64_t sp, pc, pstate, esr, far;
};

static_assert(sizeof(struct trap_frame) == TRAP_FRAME_SIZE, "what vectors.S makes room for");
static_assert(offsetof(struct trap_frame, sp) == TRAP_FRAME_SP, "where vectors.S puts it");

/* Handle an exception. Context: from vectors.S, all masked. */
void trap_handle(struct trap_frame *frame, unsigned int kind);

/* Describe an exception for upcall_fault(). */
struct fault syndrome_fault(const struct trap_frame *frame, unsigned int kind);

/* Print an exception in one line, with the address where the processor has it. */
void syndrome_say(const struct trap_frame *frame, const struct fault *fault);

/* Print `pc` and its callers by the frame records from `fp` on. */
void backtrace_from(uintptr_t pc, uintptr_t fp);

#endif
#endif
