/* SPDX-License-Identifier: MIT */
/* Interrupts of a process that has none: a flag, so that tests see who holds them off. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <kernel/types.h>

extern bool host_irqs_off;

static inline unsigned long irq_save(void)
{
	unsigned long flags = READ_ONCE(host_irqs_off);

	WRITE_ONCE(host_irqs_off, true);
	barrier();
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	barrier();
	WRITE_ONCE(host_irqs_off, flags != 0);
}

#endif
