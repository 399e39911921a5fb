/* SPDX-License-Identifier: MIT */
/*
 * Interrupts of a PV guest: Xen's event upcall, masked by a byte of the vCPU's shared structure
 * (Xen public/xen.h, struct vcpu_info).
 */
#ifndef ASM_IRQ_PV_H
#define ASM_IRQ_PV_H

#include <asm/domain.h>
#include <kernel/types.h>

/* Takes what is pending. Called with the mask open. */
void irq_deliver_pending(void);

static inline unsigned long irq_save(void)
{
	unsigned long mask = READ_ONCE(xen_vcpu->evtchn_upcall_mask);

	WRITE_ONCE(xen_vcpu->evtchn_upcall_mask, 1);
	barrier();
	return mask;
}

static inline void irq_restore(unsigned long mask)
{
	barrier();
	WRITE_ONCE(xen_vcpu->evtchn_upcall_mask, (uint8_t)mask);
	barrier();
	if (!mask && unlikely(READ_ONCE(xen_vcpu->evtchn_upcall_pending)))
		irq_deliver_pending();
}

#endif
