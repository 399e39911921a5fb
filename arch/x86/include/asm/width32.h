/* SPDX-License-Identifier: MIT */
/* 32 bits: see asm/width.h. */
#ifndef ASM_WIDTH32_H
#define ASM_WIDTH32_H

#include <lib/types.h>

/* An address for people, as printk takes a uintptr_t. */
#define WORD_HEX "%08x"

/* What a trap leaves on the stack (traps32.S builds it); what was on it before follows. */
struct trap_frame {
	uint32_t edi, esi, ebp, esp, ebx, edx, ecx, eax;
	uint32_t vector, error;
	uint32_t ip, cs, flags;
};

/* As they are printed, three a line. */
#define TRAP_REGISTERS(row)                                                             \
	row("eax", eax, "ebx", ebx, "ecx", ecx) row("edx", edx, "esi", esi, "edi", edi) \
		row("ebp", ebp, "esp", esp, "efl", flags)                               \
			row("err", error, "vec", vector, "cs ", cs)

/* The stack that was interrupted. */
static inline uintptr_t trap_stack(const struct trap_frame *f)
{
	return f->esp;
}

/* The start of a context that has never run: what cpu_context_switch pops, then where it returns.
 */
struct first_frame {
	uintptr_t arg, entry, ebx, ebp;
	uintptr_t ip;
	uintptr_t align[3];
};

#define X86_NAME "x86_32"

/* Page tables of a PV guest: PAE; its kernel runs in ring 1, which is a supervisor's. */
#define ROOT_LEVEL 3U
#define PTE_RING   0

/* Where the hypervisor's addresses end; it says itself where they begin. */
#define PV_HYPERVISOR_END (1ULL << 32)

/* How Xen is told where to call back (Xen public/callback.h). */
#define PV_CALLBACK(entry)              \
	{                               \
		FLAT_KERNEL_CS, (entry) \
	}

#endif
