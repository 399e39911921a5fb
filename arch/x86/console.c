/* SPDX-License-Identifier: MIT */
/*
 * The console that is there from the first line on: Xen's own for the hardware domain, for a domU
 * the ring that the domain builder made; COM1 where Xen is not under us.
 */
#include <arch/console.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <asm/pvh.h>
#include <lib/config.h>
#include <lib/errno.h>

#include "arch/common/console/device.h"

size_t console_device_write(const char *text, size_t n)
{
	if (!xen_is_present())
		return IS_ENABLED(CONFIG_CONSOLE_SERIAL) ? serial_write(text, n) : n;
	if (!IS_ENABLED(CONFIG_CONSOLE_XEN))
		return n;
	if (console_ring_is_there())
		return console_ring_write(text, n);
	xen_console_io(CONSOLEIO_write, (int)n, (char *)text);
	return n;
}

/* A ring's event comes whenever the other side has read. */
void console_device_watch(bool on)
{
	if (IS_ENABLED(CONFIG_CONSOLE_SERIAL) && !xen_is_present())
		serial_watch(on);
}

int console_early_read(char *text, size_t max)
{
	long n;

	if (!xen_is_present())
		return IS_ENABLED(CONFIG_CONSOLE_SERIAL) ? serial_read(text, max) : -ENODEV;
	if (!IS_ENABLED(CONFIG_CONSOLE_XEN))
		return -ENODEV;
	if (console_ring_is_there())
		return console_ring_read(text, max);
	n = xen_console_io(CONSOLEIO_read, (int)max, text);
	return n < 0 || (size_t)n > max ? -ENODEV : (int)n;
}
