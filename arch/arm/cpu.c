/* SPDX-License-Identifier: MIT */
/* The processor: interrupts, waiting, the end of the machine. */
#include <arch/console.h>
#include <arch/cpu.h>
#include <asm/arm.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/printk.h>

void irq_enable(void)
{
	irq_restore(DAIF_I);
}

void irq_disable(void)
{
	irq_save();
}

/* An interrupt that is held off wakes all the same: none is missed between look and sleep. */
void cpu_wait(void)
{
	dsb();
	__asm__ volatile("wfi" : : : "memory");
	irq_enable();
	isb();
	irq_disable();
}

uint64_t host_calls(void)
{
	return IS_ENABLED(CONFIG_XEN) ? xen_hypercalls : 0;
}

static void __noreturn stand_still(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

/*
 * Firmware is told no status: who watches the console reads it. A guest of Xen without a toolstack
 * ends unseen: there success is said, too.
 */
void machine_exit(int status)
{
	irq_disable();
	boot_last_words();
	if (status || xen_is_present())
		printk("machine: ended with status %d\n", status);
	console_finish();
	xen_shutdown(status);
	psci_off();
	printk("machine: cannot power off: halted\n");
	console_finish();
	stand_still();
}

void machine_crash(void)
{
	machine_exit(127);
}
