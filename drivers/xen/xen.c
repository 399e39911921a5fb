/* SPDX-License-Identifier: MIT */
/* What a Xen guest has, in the order in which one needs the other. */
#include <asm/domain.h>
#include <drivers/drivers.h>
#include <drivers/xen.h>
#include <drivers/xenstore.h>
#include <kernel/config.h>

/* The guest also lives without; what is missing was said. */
static void listen_to_toolstack(void)
{
	xen_control_init();
	(void)xenstore_init();
}

int drivers_init(void)
{
	int err;

	if (!xen_is_present())
		return 0;
	err = xen_events_init();
	if (err)
		return err;
	/* Output works without; that input does not interrupt was said. */
	(void)xen_console_init();
	err = IS_ENABLED(CONFIG_BALLOON) ? xen_balloon_init() : 0;
	listen_to_toolstack();
	return err;
}

void drivers_interrupt(void)
{
	if (xen_is_present())
		xen_events_dispatch();
}
