/* SPDX-License-Identifier: MIT */
/*
 * Interrupts are signals, held off by a flag and not by the process's mask: what comes meanwhile is
 * pending, and delivered when the flag goes. Unit tests have none, and see who holds them off.
 */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <lib/types.h>

extern bool linux_irqs_off;
extern bool linux_irq_pending; /* a signal came while they were off */

/* Has the pending interrupt come again, now that they are on. */
void linux_irq_deliver(void);

static inline unsigned long irq_save(void)
{
	unsigned long flags = READ_ONCE(linux_irqs_off);

	WRITE_ONCE(linux_irqs_off, true);
	barrier();
	return flags;
}

static inline void irq_restore(unsigned long flags)
{
	barrier();
	WRITE_ONCE(linux_irqs_off, flags != 0);
	barrier();
	if (unlikely(!flags && READ_ONCE(linux_irq_pending)))
		linux_irq_deliver();
}

#endif
