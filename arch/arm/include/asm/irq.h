/* SPDX-License-Identifier: MIT */
/* Interrupts: held off by DAIF.I. What is saved is 0 if they were. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <asm/sysreg.h>
#include <lib/types.h>

static inline unsigned long irq_save(void)
{
	unsigned long flags = ~sysreg_read(daif) & DAIF_I;

	__asm__ volatile("msr daifset, #2" : : : "memory");
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	if (flags)
		__asm__ volatile("msr daifclr, #2" : : : "memory");
	else
		barrier();
}

#endif
