/* SPDX-License-Identifier: MIT */
/* What Xen's domain builder left of it: start_info, and the frames and pages that it names. */
#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/page.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <xen/memory.h>

struct start_info xen_start_info;
pfn_t pv_start_info_pfn;
struct shared_info *xen_shared_info;

bool xen_is_hardware_domain(void)
{
	return xen_start_info.flags & SIF_INITDOMAIN;
}

void pv_find_m2p(void)
{
	struct xen_machphys_mapping m2p;

	if (xen_memory_op(XENMEM_machphys_mapping, &m2p))
		panic("xen: cannot locate the machine-to-physical table");
	xen_m2p = (const unsigned long *)(uintptr_t)m2p.v_start;
	xen_m2p_entries = m2p.max_mfn + 1;
}

void pv_map_shared_info(void)
{
	uint64_t pte = pv_pte(MFN(xen_start_info.shared_info >> PAGE_SHIFT), MMU_RW);

	if (xen_update_va_mapping((unsigned long)&shared_info_page, pte, UVMF_INVLPG))
		panic("xen: cannot map shared_info");
	xen_shared_info = &shared_info_page;
	xen_shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
	xen_vcpu = &xen_shared_info->vcpu_info[0];
}

pfn_t builder_pfn(mfn_t mfn)
{
	if (mfn.v == 0 || mfn.v >= xen_m2p_entries || xen_m2p[mfn.v] >= xen_start_info.nr_pages)
		return PFN_NONE;
	return PFN(xen_m2p[mfn.v]);
}

/* A domU's console ring, in the builder's mapping or in the direct map. */
void pv_console_find(uintptr_t base)
{
	pfn_t pfn;

	if (xen_is_hardware_domain())
		return;
	pfn = builder_pfn(MFN(xen_start_info.console.domU.mfn));
	if (!pfn_eq(pfn, PFN_NONE))
		console_ring_init((void *)(base + (pfn.v << PAGE_SHIFT)),
				  xen_start_info.console.domU.evtchn);
}

int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port)
{
	pfn_t pfn;

	if (xen_is_hardware_domain() || !xen_start_info.store_evtchn)
		return -ENODEV;
	pfn = builder_pfn(MFN(xen_start_info.store_mfn));
	if (pfn_eq(pfn, PFN_NONE))
		return -ENODEV;
	*page = pfn_to_virt(pfn);
	*port = xen_start_info.store_evtchn;
	return 0;
}
