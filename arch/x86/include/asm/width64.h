/* SPDX-License-Identifier: MIT */
/* 64 bits: see asm/width.h. */
#ifndef ASM_WIDTH64_H
#define ASM_WIDTH64_H

#include <lib/types.h>

/* An address for people, as printk takes a uintptr_t. */
#define WORD_HEX "%016lx"

/* What a trap leaves on the stack (traps64.S builds it). */
struct trap_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t ip, cs, flags, sp, ss;
};

static_assert(sizeof(struct trap_frame) % 16 == 0, "keeps the stack aligned");

/* As they are printed, three a line. */
#define TRAP_REGISTERS(row)                                                                  \
	row("rax", rax, "rbx", rbx, "rcx", rcx) row("rdx", rdx, "rsi", rsi, "rdi", rdi)      \
		row("rbp", rbp, "rsp", sp, "r8 ", r8) row("r9 ", r9, "r10", r10, "r11", r11) \
			row("r12", r12, "r13", r13, "r14", r14)                              \
				row("r15", r15, "rfl", flags, "err", error)

/* The stack that was interrupted. */
static inline uintptr_t trap_stack(const struct trap_frame *f)
{
	return f->sp;
}

/* The start of a context that has never run: what cpu_context_switch pops, then where it returns.
 */
struct first_frame {
	uintptr_t r15, r14, arg, entry, rbx, rbp;
	uintptr_t ip;
	uintptr_t align;
};

#define X86_NAME "x86_64"

/* Page tables of a PV guest: its kernel runs in ring 3. */
#define ROOT_LEVEL 4U
#define PTE_RING   PTE_USER

/* Where the hypervisor's addresses end; it says itself where they begin. */
#define PV_HYPERVISOR_END HYPERVISOR_VIRT_END

/* How Xen is told where to call back (Xen public/callback.h). */
#define PV_CALLBACK(entry) (entry)

#endif
