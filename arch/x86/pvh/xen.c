/* SPDX-License-Identifier: MIT */
/* Xen under a PVH guest: found by CPUID (Xen public/arch-x86/cpuid.h), set up by hypercalls. */
#include <arch/page.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <asm/trap.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/version.h>

#define CPUID_FIRST 0x40000000U

#define CALLBACK_VECTOR ((uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56 | TRAP_EVENT)

extern char hypercall_page[];

uint64_t xen_hypercalls;

static struct vcpu_info boot_vcpu;
struct vcpu_info *xen_vcpu = &boot_vcpu;
struct shared_info *xen_shared_info;

static uint32_t xen_leaf; /* 0: Xen is not there */
static bool hardware_domain;
static pfn_t shared_info_pfn;

bool xen_is_present(void)
{
	return xen_leaf != 0;
}

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

static bool get_param(uint32_t index, uint64_t *value)
{
	struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index};

	if (xen_hvm_op(HVMOP_get_param, &param))
		return false;
	*value = param.value;
	return true;
}

/* Who builds the domain says 0 or all ones for what is not there (yet). */
static bool get_page(uint32_t index, uint64_t *pfn)
{
	return get_param(index, pfn) && *pfn != 0;
}

/* Frame 0 is RAM of ours: a domain without a console must not take it for its ring. */
void xen_console_find(bool fixed)
{
	uint64_t pfn, port;
	void *page = NULL;

	if (!xen_is_present() || hardware_domain || !get_page(HVM_PARAM_CONSOLE_PFN, &pfn) ||
	    pfn > UINT64_MAX >> PAGE_SHIFT || !get_param(HVM_PARAM_CONSOLE_EVTCHN, &port))
		return;
	if (fixed)
		page = fixed_map(FIXED_CONSOLE, pfn_to_paddr(PFN(pfn)));
	else if (boot_map(pfn << PAGE_SHIFT, PAGE_SIZE))
		page = pfn_to_virt(PFN(pfn));
	if (page)
		console_ring_init(page, (unsigned int)port);
}

int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port)
{
	uint64_t pfn, channel;

	if (!xen_is_present() || hardware_domain)
		return -ENODEV;
	if (!get_page(HVM_PARAM_STORE_PFN, &pfn) || !get_param(HVM_PARAM_STORE_EVTCHN, &channel) ||
	    !channel || channel > UINT32_MAX)
		return -ENODEV;
	*port = (unsigned int)channel;
	if (pfn == UINT64_MAX)
		return -EAGAIN;
	*page = fixed_map(FIXED_STORE, pfn_to_paddr(PFN(pfn)));
	return 0;
}

static void map_shared_info(void)
{
	struct xen_add_to_physmap add = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = shared_info_pfn.v,
	};
	long err = xen_memory_op(XENMEM_add_to_physmap, &add);

	if (err)
		panic("Xen refuses to put shared_info at frame %lx (%ld)", shared_info_pfn.v, err);
	xen_shared_info = fixed_map(FIXED_SHARED_INFO, pfn_to_paddr(shared_info_pfn));
	xen_vcpu = &xen_shared_info->vcpu_info[0];
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

	map_shared_info();
	err = xen_hvm_op(HVMOP_set_param, &callback);
	if (err)
		panic("Xen refuses to deliver events by vector %d (%ld)", TRAP_EVENT, err);
}

void xen_start(pfn_t pfn)
{
	shared_info_pfn = pfn;
	connect();
}

void xen_resume(void)
{
	xen_leaf = hypervisor_leaf("XenVMMXenVMM");
	fill_hypercall_page();
	connect();
	xen_console_find(true);
}

const char *pvh_platform(void)
{
	static char text[64];
	char name[13];
	long version;

	hypervisor_signature(CPUID_FIRST, name);
	if (!xen_is_present()) {
		snprintf(text, sizeof(text), "%s, x86_64 PVH",
			 !strcmp(name, "TCGTCGTCGTCG") ? "QEMU"
			 : !strcmp(name, "KVMKVMKVM")  ? "KVM"
						       : "an unknown host");
		return text;
	}
	version = xen_version_op(XENVER_version, NULL);
	snprintf(text, sizeof(text), "Xen %ld.%ld, x86_64 PVH, %s", version >> 16, version & 0xffff,
		 hardware_domain ? "hardware domain" : "domU");
	return text;
}
