/* SPDX-License-Identifier: MIT */
/* Xen under a PVH guest: found by CPUID (Xen public/arch-x86/cpuid.h), set up by hypercalls. */
#include <arch/page.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <asm/trap.h>
#include <lib/bug.h>
#include <lib/printk.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

#include "arch/common/xen/guest.h"

#define CALLBACK_VECTOR ((uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56 | TRAP_EVENT)

extern char hypercall_page[];

uint64_t xen_hypercalls;

static uint32_t xen_leaf; /* 0: Xen is not there */
static bool hardware_domain;
static pfn_t shared_info_pfn;
static bool on_own_tables;

#if IS_ENABLED(CONFIG_QEMU)
bool xen_is_present(void)
{
	return xen_leaf != 0;
}
#endif

bool xen_is_hardware_domain(void)
{
	return hardware_domain;
}

static void fill_hypercall_page(void)
{
	wrmsr(cpuid(xen_leaf + 2).ebx, (uintptr_t)hypercall_page - LAYOUT_IMAGE_BASE);
}

void xen_find(const struct hvm_start_info *info)
{
	xen_leaf = hypervisor_leaf("XenVMMXenVMM");
	if (!xen_leaf)
		return;
	hardware_domain = info->flags & SIF_INITDOMAIN;
	fill_hypercall_page();
}

/* By the boot map before there are fixed pages. */
void *guest_map(enum guest_page page, pfn_t pfn)
{
	static const enum fixed_page place[] = {
		[GUEST_SHARED_INFO] = FIXED_SHARED_INFO,
		[GUEST_CONSOLE] = FIXED_CONSOLE,
		[GUEST_STORE] = FIXED_STORE,
	};

	if (on_own_tables)
		return fixed_map(place[page], pfn_to_paddr(pfn));
	return boot_map(pfn_to_paddr(pfn).v, PAGE_SIZE) ? pfn_to_virt(pfn) : NULL;
}

/* Puts shared_info in place and has events delivered. Panics if Xen refuses. */
static void connect(void)
{
	struct xen_hvm_param callback = {
		.domid = DOMID_SELF,
		.index = HVM_PARAM_CALLBACK_IRQ,
		.value = CALLBACK_VECTOR,
	};
	long err;

	guest_map_shared_info(shared_info_pfn);
	err = xen_hvm_op(HVMOP_set_param, &callback);
	if (err)
		panic("xen: cannot set event vector %d (%ld)", TRAP_EVENT, err);
}

void xen_start(pfn_t pfn)
{
	shared_info_pfn = pfn;
	on_own_tables = true;
	guest_console_find();
	connect();
}

void xen_resume(void)
{
	xen_leaf = hypervisor_leaf("XenVMMXenVMM");
	fill_hypercall_page();
	connect();
	guest_console_find();
}
