/* SPDX-License-Identifier: MIT */
/*
 * A PV guest is saved with the frame numbers in place of machine frames wherever the toolstack
 * knows of them: page tables, p2m leaves, start_info. The rest is unmapped before or mended after.
 */
#include <arch/cpu.h>
#include <arch/p2m.h>
#include <arch/page.h>
#include <arch/suspend.h>
#include <asm/clock.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/sched.h>

static struct vcpu_info nowhere = {.evtchn_upcall_mask = 1};

/* shared_info is no frame of ours: nothing may map it while the guest is saved. */
static int unmap_shared_info(void)
{
	struct vcpu_info *vcpu = xen_vcpu;

	xen_vcpu = &nowhere;
	barrier();
	if (!xen_update_va_mapping((unsigned long)xen_shared_info, 0, UVMF_INVLPG))
		return 0;
	xen_vcpu = vcpu;
	return -EIO;
}

/* The rings by their frame numbers: the toolstack puts machine frames there again. */
static void name_rings_by_frame(struct start_info *info)
{
	info->store_mfn = builder_pfn(MFN(info->store_mfn)).v;
	info->console.domU.mfn = builder_pfn(MFN(info->console.domU.mfn)).v;
}

static void go_on(struct start_info *info, bool moved)
{
	if (!moved) {
		*info = xen_start_info;
		pv_map_shared_info();
		return;
	}
	xen_start_info = *info;
	pv_find_m2p();
	pv_paging_resume();
	pv_map_shared_info();
	p2m_resume();
	pv_console_find(LAYOUT_DIRECTMAP_BASE);
}

int machine_suspend(bool *moved)
{
	struct sched_shutdown suspend = {.reason = SHUTDOWN_suspend};
	struct start_info *info = pfn_to_virt(pv_start_info_pfn);
	unsigned long flags;
	long result;

	*moved = false;
	if (xen_is_hardware_domain())
		return -EOPNOTSUPP;
	flags = irq_save();
	clock_suspend();
	p2m_suspend();
	if (unmap_shared_info()) {
		irq_restore(flags);
		printk("suspend: cannot unmap shared_info: continuing\n");
		return -EIO;
	}
	name_rings_by_frame(info);
	result = xen_sched_suspend(SCHEDOP_shutdown, &suspend, p2m_get(pv_start_info_pfn).v);
	*moved = result == 0;
	go_on(info, *moved);
	clock_resume();
	irq_restore(flags);
	if (result >= 0)
		return 0;
	printk("suspend: refused by Xen (%ld): continuing\n", result);
	return -EIO;
}
