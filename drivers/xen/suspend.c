/* SPDX-License-Identifier: MIT */
/* Saved by the host and let go again: what is bound to Xen is bound anew. */
#include <arch/suspend.h>
#include <balloon/balloon.h>
#include <drivers/xen.h>
#include <drivers/xenstore.h>
#include <kernel/errno.h>
#include <kernel/printk.h>

/* What fails was said; the guest lives on with what it has. */
static void bind_anew(void)
{
	int err;

	if (!xen_events_init())
		(void)xen_console_init();
	err = balloon_refresh();
	if (err && err != -ENODEV)
		printk("xen: the host does not say what we have after the resume (%s)\n",
		       strerror_kernel(err));
	xenstore_restart();
}

int xen_suspend(void)
{
	bool moved;
	int err = machine_suspend(&moved);

	if (!err && moved)
		bind_anew();
	return err;
}
