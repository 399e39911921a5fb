/* SPDX-License-Identifier: MIT */
/*
 * The map of addresses of an arm64 guest (Xen public/arch-arm.h), for what its device tree leaves
 * out. Xen shows it to toolstacks only and wants guests to go by the tree: so the tree comes first.
 */
#define __XEN_TOOLS__
#include <asm/arm.h>
#include <asm/domain.h>

/* The hardware domain has the machine's map. */
static bool is_guest(void)
{
	return xen_is_present() && !xen_is_hardware_domain();
}

/* Extended regions are cut out of the same banks. */
void xen_find_space(const struct machine *m, const struct machine_range **range, unsigned int *nr,
		    bool *grows)
{
	static const struct machine_range guest[] = {
		{GUEST_RAM0_BASE, GUEST_RAM0_SIZE},
		{GUEST_RAM1_BASE, GUEST_RAM1_SIZE},
	};

	static_assert(ARRAY_SIZE(guest) == GUEST_RAM_BANKS, "Xen public/arch-arm.h");
	*range = is_guest() ? guest : m->extended;
	*nr = is_guest() ? ARRAY_SIZE(guest) : m->nr_extended;
	*grows = xen_is_present() && !xen_is_direct_mapped();
}

unsigned int xen_event_interrupt(const struct machine *m)
{
	return m->event_interrupt || !is_guest() ? m->event_interrupt : GUEST_EVTCHN_PPI;
}
