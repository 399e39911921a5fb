/* SPDX-License-Identifier: MIT */
/* XENMEM, as Xen 4.17's common/memory.c has it for a PV domain: counts, and 0 on any error. */
#include <asm/hypercall.h>
#include <xen/errno.h>
#include <xen/memory.h>

#include "machine.h"

#define ORDER_MAX   9U /* of an ordinary domain */
#define EXTENTS_MAX (UINT32_MAX >> 6)

unsigned long fake_tot_pages(void)
{
	return machine.tot_pages;
}

void fake_set_ceiling(unsigned long frames)
{
	machine.max_pages = frames;
}

static bool may_give(unsigned int order)
{
	unsigned long nr = 1UL << order;

	if (machine.tot_pages + nr > machine.max_pages)
		return false;
	if (fake_faults.host_has_limit && fake_faults.host_frames < nr)
		return false;
	return !order || !fake_faults.no_blocks;
}

static bool populate_extent(xen_pfn_t *extent, unsigned int order)
{
	bool fails = fault_hits(EVENT_EXTENT);
	mfn_t first;

	if ((fails && !fake_faults.inside) || !may_give(order) ||
	    !machine_give(order, *extent, &first))
		return false;
	if (fake_faults.host_has_limit)
		fake_faults.host_frames -= 1UL << order;
	if (fails)
		return false;
	*extent = first.v;
	return true;
}

/* Its page is the domain's until the last reference is gone, which may be much later. */
static bool release_frame(mfn_t mfn)
{
	struct frame *frame = machine_frame(mfn);

	if (ref_get(mfn))
		return false;
	/* Xen flushes before it uses the frame again; a guest that relies on it has a bug. */
	if (tlb_has_frame(mfn))
		fake_fail("frame %lx is given back while the TLB may know it", mfn.v);
	if (!machine_is_scrubbed(mfn))
		fake_fail("frame %lx is given back with data in it", mfn.v);
	if (frame->allocated) {
		frame->allocated = false;
		ref_put(mfn);
	}
	ref_put(mfn);
	return true;
}

static bool release_extent(xen_pfn_t extent, unsigned int order)
{
	if (fault_hits(EVENT_RELEASE))
		return false;
	for (unsigned long i = 0; i < 1UL << order; i++)
		if (!release_frame(MFN(extent + i)))
			return false;
	return true;
}

static long change_reservation(unsigned int cmd, const struct xen_memory_reservation *arg)
{
	xen_pfn_t *extent = arg->extent_start.p;
	unsigned long done;

	if (arg->nr_extents > EXTENTS_MAX || arg->extent_order > ORDER_MAX ||
	    arg->domid != DOMID_SELF)
		return 0;
	for (done = 0; done < arg->nr_extents; done++) {
		if (done)
			call_preempt();
		if (!(cmd == XENMEM_populate_physmap
			      ? populate_extent(&extent[done], arg->extent_order)
			      : release_extent(extent[done], arg->extent_order)))
			break;
	}
	return (long)done;
}

static long reservation(unsigned int cmd, const domid_t *domain)
{
	if (*domain != DOMID_SELF)
		return -XEN_ESRCH;
	return cmd == XENMEM_current_reservation ? (long)machine.tot_pages
						 : (long)machine.max_pages;
}

long xen_memory_op(unsigned int cmd, void *arg)
{
	bool refused = call_begins();

	switch (cmd) {
	case XENMEM_populate_physmap:
		return refused ? 0 : change_reservation(cmd, arg) + (long)fake_faults.boast;
	case XENMEM_decrease_reservation:
		return refused ? 0 : change_reservation(cmd, arg);
	case XENMEM_current_reservation:
	case XENMEM_maximum_reservation:
		return refused ? call_refusal() : reservation(cmd, arg);
	default:
		fake_fail("memory operation %u: a thing this fake does not know", cmd);
	}
}
