/* SPDX-License-Identifier: MIT */
/* Xen under an arm64 guest: found by the device tree or by asking, set up by hypercalls. */
#include <asm/arm.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/version.h>

#include "arch/arm/boot/memory.h"

uint64_t xen_hypercalls;

static struct vcpu_info boot_vcpu;
struct vcpu_info *xen_vcpu = &boot_vcpu;
struct shared_info *xen_shared_info;

static bool present, hardware_domain;

bool xen_is_present(void)
{
	return present;
}

bool xen_is_hardware_domain(void)
{
	return hardware_domain;
}

void xen_find(const struct machine *m)
{
	present = m->xen || xen_answers(m);
	hardware_domain = present && xen_has_feature(XENFEAT_dom0);
}

const char *xen_platform(void)
{
	static char text[64];
	long version;

	if (!present)
		return NULL;
	version = xen_version_op(XENVER_version, NULL);
	snprintf(text, sizeof(text), "Xen %ld.%ld, arm64, %s", version >> 16, version & 0xffff,
		 hardware_domain ? "hardware domain" : "domU");
	return text;
}

/* ---- parameters ---- */

/* False: there is none. Xen answers 0 where nobody ever set one. */
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
	if (value < MACHINE_ADDR_MAX >> PAGE_SHIFT) {
		*pfn = PFN(value);
		return 0;
	}
	printk("xen: parameter %u names frame %llx, which cannot be; not used\n", index,
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

	if (!present || hardware_domain || !get_port(HVM_PARAM_STORE_EVTCHN, port))
		return -ENODEV;
	err = get_frame(HVM_PARAM_STORE_PFN, &pfn);
	if (!err)
		*page = fixed_map_memory(FIXED_STORE, pfn_to_paddr(pfn));
	return err;
}

/* ---- the console ---- */

void xen_console_find(void)
{
	unsigned int port;
	pfn_t pfn;

	if (!present || hardware_domain || get_frame(HVM_PARAM_CONSOLE_PFN, &pfn) ||
	    !get_port(HVM_PARAM_CONSOLE_EVTCHN, &port))
		return;
	console_ring_init(fixed_map_memory(FIXED_CONSOLE, pfn_to_paddr(pfn)), port);
}

int xen_console_write(const char *text, size_t n)
{
	static bool refused;

	if (!present)
		return -ENODEV;
	if (console_ring_is_there())
		return (int)console_ring_write(text, n);
	/* To others than the hardware domain it is for words when there is nothing better. */
	if (!hardware_domain && machine.uart.size)
		return -ENODEV;
	if (!refused)
		refused = xen_console_io(CONSOLEIO_write, (int)n, (char *)text) != 0;
	return refused ? -ENODEV : (int)n;
}

int xen_console_read(char *text, size_t max)
{
	long n;

	if (!present)
		return -ENODEV;
	if (console_ring_is_there())
		return console_ring_read(text, max);
	if (!hardware_domain)
		return -ENODEV;
	n = xen_console_io(CONSOLEIO_read, (int)max, text);
	return n < 0 || (size_t)n > max ? -ENODEV : (int)n;
}

/* ---- events ---- */

/*
 * Without a place of its own, as a hardware domain may have none, it takes that of a page of RAM:
 * that one is lost.
 */
static pfn_t shared_info_place(void)
{
	pfn_t pfn = memory_take_space(1);

	return pfn_eq(pfn, PFN_NONE) ? memory_take() : pfn;
}

static void map_shared_info(void)
{
	pfn_t pfn = shared_info_place();
	struct xen_add_to_physmap add = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = pfn.v,
	};
	long err = xen_memory_op(XENMEM_add_to_physmap, &add);

	if (err)
		panic("Xen refuses to put shared_info at frame %lx (%ld)", pfn.v, err);
	xen_shared_info = fixed_map_memory(FIXED_SHARED_INFO, pfn_to_paddr(pfn));
	xen_vcpu = &xen_shared_info->vcpu_info[0];
}

void xen_start(unsigned int interrupt)
{
	if (!present)
		return;
	map_shared_info();
	if (interrupt)
		gic_enable(interrupt);
	else
		printk("xen: the device tree names no interrupt for events; they come late\n");
}

void xen_shutdown(int status)
{
	struct sched_shutdown shutdown = {
		.reason = status ? SHUTDOWN_crash : SHUTDOWN_poweroff,
	};

	if (present)
		xen_sched_op(SCHEDOP_shutdown, &shutdown);
}
