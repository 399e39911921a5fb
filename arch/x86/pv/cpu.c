/* SPDX-License-Identifier: MIT */
/* The vCPU of a PV guest: event mask, waiting, the end of the machine. */
#include <arch/console.h>
#include <arch/cpu.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <lib/string.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/version.h>

/* QEMU's isa-debug-exit device, as the lab configures it: QEMU ends with (value << 1) | 1. */
#define DEBUG_EXIT_PORT 0xf4

uint64_t xen_hypercalls;

/* Until shared_info is mapped: nothing pending, everything masked. */
static struct vcpu_info boot_vcpu = {.evtchn_upcall_mask = 1};
struct vcpu_info *xen_vcpu = &boot_vcpu;

void irq_enable(void)
{
	irq_restore(0);
}

void irq_disable(void)
{
	irq_save();
}

void cpu_wait(void)
{
	/* Opens the mask and sleeps in one step; the upcall has run when it returns. */
	xen_sched_op(SCHEDOP_block, NULL);
	irq_disable();
}

uint64_t host_calls(void)
{
	return xen_hypercalls;
}

static void debug_exit(uint8_t value)
{
	struct physdev_set_iopl iopl = {.iopl = 1};

	if (!xen_is_hardware_domain() || xen_physdev_op(PHYSDEVOP_set_iopl, &iopl))
		return;
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"((uint16_t)DEBUG_EXIT_PORT));
}

static void __noreturn shutdown(unsigned int reason)
{
	struct sched_shutdown shutdown = {.reason = reason};

	for (;;)
		xen_sched_op(SCHEDOP_shutdown, &shutdown);
}

void machine_exit(int status)
{
	irq_disable();
	console_finish();
	debug_exit((uint8_t)MIN((unsigned int)status, 127U));
	shutdown(status ? SHUTDOWN_crash : SHUTDOWN_poweroff);
}

void machine_crash(void)
{
	machine_exit(127);
}
