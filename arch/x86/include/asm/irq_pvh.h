/* SPDX-License-Identifier: MIT */
/* Interrupts by RFLAGS.IF. */
#ifndef ASM_IRQ_PVH_H
#define ASM_IRQ_PVH_H

#include <lib/types.h>

#define RFLAGS_IF (1UL << 9)

static inline unsigned long irq_save(void)
{
	unsigned long flags;

	__asm__ volatile("pushf; pop %0; cli" : "=r"(flags) : : "memory");
	return flags & RFLAGS_IF;
}

static inline void irq_restore(unsigned long flags)
{
	if (flags)
		__asm__ volatile("sti" : : : "memory");
	else
		barrier();
}

#endif
