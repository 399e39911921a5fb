/* SPDX-License-Identifier: MIT */
/* Suspend and resume: everything that is bound to Xen is bound again. */
#include <arch/cpu.h>
#include <arch/suspend.h>
#include <balloon/balloon.h>
#include <lib/config.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "xen.h"
#include "xenstore.h"

/* What fails was said; the guest lives on with what it has. */
static void bind_events(void)
{
	int err;

	xen_events_init();
	err = xen_timer_bind();
	if (!err && IS_ENABLED(CONFIG_CONSOLE_XEN))
		(void)xen_console_init();
}

static void ask_anew(void)
{
	int err = balloon_resume();

	if (err && err != -ENODEV)
		printk("xen: cannot read the memory size after resume (%s)\n",
		       strerror_kernel(err));
	xenstore_restart();
}

/* Events come by other ports there: none is taken before its handler is bound. */
int xen_suspend(void)
{
	unsigned long flags;
	bool moved;
	int err = xenstore_settle();

	/* Others ran since the word was taken, and may have grown. */
	if (!err && IS_ENABLED(CONFIG_XEN_TARGET) && !xen_target_fits())
		err = -ENOSPC;
	if (err)
		return err;
	flags = irq_save();
	err = machine_suspend(&moved);
	if (!err && moved)
		bind_events();
	irq_restore(flags);
	if (!err && moved)
		ask_anew();
	return err;
}
