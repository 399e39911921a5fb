/* SPDX-License-Identifier: MIT */
/* What a Xen guest has, in the order in which one needs the other. */
#include <asm/domain.h>
#include <lib/config.h>
#include <lib/printk.h>

#include "xen.h"
#include "xenstore.h"

/* The guest also lives without; what is missing was said. */
static void listen_to_toolstack(void)
{
	if (IS_ENABLED(CONFIG_XEN_CONTROL))
		xen_control_init();
	if (IS_ENABLED(CONFIG_XEN_TARGET) && !xen_is_direct_mapped())
		xen_target_init();
	if (IS_ENABLED(CONFIG_XENSTORE))
		(void)xenstore_init();
}

/* Of a domain that is mapped directly no frame can go, or come. */
static int start_balloon(void)
{
	if (!IS_ENABLED(CONFIG_BALLOON))
		return 0;
	if (!xen_is_direct_mapped())
		return xen_balloon_init();
	printk("xen: direct-mapped domain: fixed memory size, no balloon\n");
	return 0;
}

int xen_init(void)
{
	int err;

	xen_events_init();
	err = xen_timer_bind();
	if (err)
		return err;
	/* Output works without; that input does not interrupt was said. */
	if (IS_ENABLED(CONFIG_CONSOLE_XEN))
		(void)xen_console_init();
	err = start_balloon();
	listen_to_toolstack();
	return err;
}
