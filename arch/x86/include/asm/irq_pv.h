/* SPDX-License-Identifier: MIT */
/*
 * Interrupts of a PV guest: Xen's event upcall, masked by a byte of the vCPU's shared structure
 * (Xen public/xen.h, struct vcpu_info).
 */
#ifndef ASM_IRQ_PV_H
#define ASM_IRQ_PV_H

#include <asm/domain.h>
#include <lib/types.h>

/*
 * The vCPU's structure is the first thing in the page of the image that shared_info is mapped over;
 * until then the page is zero: nothing pending.
 */
extern struct shared_info shared_info_page;

#define IRQ_VCPU (&shared_info_page.vcpu_info[0])

/* Pending, a byte of 1, and the mask behind it, open. */
#define IRQ_PENDING_UNMASKED 0x0001

static inline unsigned long irq_save(void)
{
	unsigned long mask = READ_ONCE(IRQ_VCPU->evtchn_upcall_mask);

	WRITE_ONCE(IRQ_VCPU->evtchn_upcall_mask, 1);
	barrier();
	return mask;
}

/* What delivers keeps all registers (pv/irq64.S), so that this is no call for who inlines it. */
static inline void irq_restore(unsigned long mask)
{
	barrier();
	WRITE_ONCE(IRQ_VCPU->evtchn_upcall_mask, (uint8_t)mask);
	barrier();
	if (unlikely(READ_ONCE(*(const uint16_t *)IRQ_VCPU) == IRQ_PENDING_UNMASKED))
		__asm__ volatile("call irq_deliver_pending" : : : "memory", "cc");
}

#endif
