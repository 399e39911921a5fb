/* SPDX-License-Identifier: MIT */
/* Changes of the domain's reservation (Xen public/memory.h, struct xen_memory_reservation). */
#ifndef ASM_RESERVATION_H
#define ASM_RESERVATION_H

#include <asm/hypercall.h>
#include <xen/memory.h>

/*
 * Change the reservation. `op` is XENMEM_populate_physmap or XENMEM_decrease_reservation, of `nr`
 * extents of 2^order frames.
 * Return: how many extents were done; negative if the call was refused.
 */
static inline long xen_change_reservation(unsigned int op, xen_pfn_t *list, unsigned int nr,
					  unsigned int order)
{
	struct xen_memory_reservation arg = {
		.nr_extents = nr,
		.extent_order = order,
		.mem_flags = 0,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(arg.extent_start, list);
	return xen_memory_op(op, &arg);
}

#endif
