/* SPDX-License-Identifier: MIT */
/* A PVH guest is saved by its frame numbers as it is: only what binds it to Xen is made anew. */
#include <arch/cpu.h>
#include <arch/suspend.h>
#include <asm/clock.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/pvh.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <xen/sched.h>

int machine_suspend(bool *moved)
{
	struct sched_shutdown suspend = {.reason = SHUTDOWN_suspend};
	unsigned long flags;
	long result;

	*moved = false;
	if (!xen_is_present() || xen_is_hardware_domain())
		return -EOPNOTSUPP;
	flags = irq_save();
	clock_suspend();
	result = xen_sched_suspend(SCHEDOP_shutdown, &suspend, 0);
	*moved = result == 0;
	if (*moved)
		xen_resume();
	clock_resume();
	irq_restore(flags);
	if (result >= 0)
		return 0;
	printk("suspend: refused by Xen (%ld): continuing\n", result);
	return -EIO;
}
