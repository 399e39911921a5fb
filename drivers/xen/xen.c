/* SPDX-License-Identifier: MIT */
/* What a Xen guest has, in the order in which one needs the other. */
#include <drivers/console.h>
#include <drivers/drivers.h>
#include <drivers/xen.h>
#include <arch/console.h>
#include <kernel/config.h>
#include <kernel/printk.h>

static bool have_ring;

void console_write(const char *text, size_t n)
{
	if (have_ring)
		xen_console_write(text, n);
	else
		console_early_write(text, n);
}

int console_read(char *text, size_t max)
{
	return have_ring ? xen_console_read(text, max) : console_early_read(text, max);
}

int drivers_init(void)
{
	int err = xen_events_init();

	if (err)
		return err;
	have_ring = xen_console_init() == 0;
	return IS_ENABLED(CONFIG_BALLOON) ? xen_balloon_init() : 0;
}

void drivers_interrupt(void)
{
	xen_events_dispatch();
}
