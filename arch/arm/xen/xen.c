/* SPDX-License-Identifier: MIT */
/* Xen under an arm64 guest: found by the device tree or by asking, set up by hypercalls. */
#include <asm/arm.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/features.h>
#include <xen/sched.h>

#include "arch/arm/boot/memory.h"
#include "arch/common/xen/guest.h"

uint64_t xen_hypercalls;

static bool present, hardware_domain;

#if IS_ENABLED(CONFIG_QEMU)
bool xen_is_present(void)
{
	return present;
}
#endif

bool xen_is_hardware_domain(void)
{
	return hardware_domain;
}

bool xen_find(const struct machine *m)
{
	present = m->xen || xen_answers(m);
	hardware_domain = present && xen_has_feature(XENFEAT_dom0);
	return present;
}

void *guest_map(enum guest_page page, pfn_t pfn)
{
	static const enum fixed_page place[] = {
		[GUEST_SHARED_INFO] = FIXED_SHARED_INFO,
		[GUEST_CONSOLE] = FIXED_CONSOLE,
		[GUEST_STORE] = FIXED_STORE,
	};

	return fixed_map_memory(place[page], pfn_to_paddr(pfn));
}

/* ---- the console ---- */

int xen_console_write(const char *text, size_t n)
{
	static bool refused;

	if (!present || !IS_ENABLED(CONFIG_CONSOLE_XEN))
		return -ENODEV;
	if (console_ring_is_there())
		return (int)console_ring_write(text, n);
	/* To others than the hardware domain it is for words when there is nothing better. */
	if (!hardware_domain && IS_ENABLED(CONFIG_CONSOLE_PL011) && machine.uart.size)
		return -ENODEV;
	if (!refused)
		refused = xen_console_io(CONSOLEIO_write, (int)n, (char *)text) != 0;
	return refused ? -ENODEV : (int)n;
}

int xen_console_read(char *text, size_t max)
{
	long n;

	if (!present || !IS_ENABLED(CONFIG_CONSOLE_XEN))
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

void xen_start(unsigned int interrupt)
{
	if (!present)
		return;
	guest_map_shared_info(shared_info_place());
	if (interrupt)
		gic_enable(interrupt);
	else
		printk("xen: no event interrupt in the device tree: events are delayed\n");
}

void xen_shutdown(int status)
{
	struct sched_shutdown shutdown = {
		.reason = status ? SHUTDOWN_crash : SHUTDOWN_poweroff,
	};

	if (present)
		xen_sched_op(SCHEDOP_shutdown, &shutdown);
}
