/* SPDX-License-Identifier: MIT */
/*
 * What a guest with page tables of its own (PVH, arm64) has of Xen: the pages that parameters name
 * (Xen public/hvm/params.h), and shared_info where it puts it.
 */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>

#include "guest.h"

/* Above all that Xen can map for a guest: 2^48 bytes. */
#define FRAMES_END (1ULL << (48 - PAGE_SHIFT))

static struct vcpu_info boot_vcpu;
struct vcpu_info *xen_vcpu = &boot_vcpu;
struct shared_info *xen_shared_info;

/* False: there is none. Xen returns 0 where none was ever set. */
static bool get_param(uint32_t index, uint64_t *value)
{
	struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index};

	if (xen_hvm_op(HVMOP_get_param, &param) || !param.value)
		return false;
	*value = param.value;
	return true;
}

/* -ENODEV: there is none. -EAGAIN: there will be; Xen has all ones there until then. */
static int get_frame(uint32_t index, pfn_t *pfn)
{
	uint64_t value;

	if (!get_param(index, &value))
		return -ENODEV;
	if (value == UINT64_MAX)
		return -EAGAIN;
	if (value < FRAMES_END) {
		*pfn = PFN(value);
		return 0;
	}
	printk("xen: parameter %u: invalid frame %llx: ignored\n", index,
	       (unsigned long long)value);
	return -ENODEV;
}

static bool get_port(uint32_t index, unsigned int *port)
{
	uint64_t value;

	if (!get_param(index, &value) || value > UINT32_MAX)
		return false;
	*port = (unsigned int)value;
	return true;
}

int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port)
{
	pfn_t pfn;
	int err;

	if (!xen_is_present() || xen_is_hardware_domain() ||
	    !get_port(HVM_PARAM_STORE_EVTCHN, port))
		return -ENODEV;
	err = get_frame(HVM_PARAM_STORE_PFN, &pfn);
	if (!err)
		*page = guest_map(GUEST_STORE, pfn);
	return err;
}

void guest_console_find(void)
{
	unsigned int port;
	void *page;
	pfn_t pfn;

	if (!IS_ENABLED(CONFIG_CONSOLE_XEN) || !xen_is_present() || xen_is_hardware_domain() ||
	    get_frame(HVM_PARAM_CONSOLE_PFN, &pfn) || !get_port(HVM_PARAM_CONSOLE_EVTCHN, &port))
		return;
	page = guest_map(GUEST_CONSOLE, pfn);
	if (page)
		console_ring_init(page, port);
}

void guest_map_shared_info(pfn_t pfn)
{
	struct xen_add_to_physmap add = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = pfn.v,
	};
	long err = xen_memory_op(XENMEM_add_to_physmap, &add);

	if (err)
		panic("xen: cannot map shared_info at frame %lx (%ld)", pfn.v, err);
	xen_shared_info = guest_map(GUEST_SHARED_INFO, pfn);
	xen_vcpu = &xen_shared_info->vcpu_info[0];
}
