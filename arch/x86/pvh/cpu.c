/* SPDX-License-Identifier: MIT */
/* A processor of our own: interrupts, waiting, the end of the machine. */
#include <arch/console.h>
#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <lib/config.h>
#include <xen/sched.h>

/* QEMU's isa-debug-exit device, as the lab configures it: QEMU ends with (value << 1) | 1. */
#define DEBUG_EXIT_PORT 0xf4

#define KEYBOARD_PORT  0x64
#define KEYBOARD_RESET 0xfe

void irq_enable(void)
{
	irq_restore(RFLAGS_IF);
}

void irq_disable(void)
{
	irq_save();
}

void cpu_wait(void)
{
	/* Nothing comes in between: sti holds interrupts off for one more instruction. */
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

uint64_t host_calls(void)
{
	return IS_ENABLED(CONFIG_XEN) ? xen_hypercalls : 0;
}

static void xen_shutdown(unsigned int reason)
{
	struct sched_shutdown shutdown = {.reason = reason};

	xen_sched_op(SCHEDOP_shutdown, &shutdown);
}

/* A fault with no table to handle it ends any machine. */
void machine_reset(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __packed no_table;

	outb(DEBUG_EXIT_PORT, 127);
	outb(KEYBOARD_PORT, KEYBOARD_RESET);
	for (;;)
		__asm__ volatile("lidt %0; int3" : : "m"(no_table));
}

void machine_exit(int status)
{
	irq_disable();
	console_finish();
	if (!xen_is_present() || xen_is_hardware_domain()) {
		outb(DEBUG_EXIT_PORT, (uint8_t)MIN((unsigned int)status, 127U));
		acpi_power_off();
	}
	while (xen_is_present())
		xen_shutdown(status ? SHUTDOWN_crash : SHUTDOWN_poweroff);
	machine_reset();
}

void machine_crash(void)
{
	machine_exit(127);
}
