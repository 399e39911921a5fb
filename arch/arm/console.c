/* SPDX-License-Identifier: MIT */
/* The console: Xen's where it gives us one, else the machine's UART. */
#include <arch/console.h>
#include <asm/arm.h>
#include <lib/errno.h>

#include "arch/common/console/device.h"

static bool found;

void console_found(void)
{
	found = true;
	console_flush();
}

/* Until it is found text is kept. */
size_t console_device_write(const char *text, size_t n)
{
	int took = found ? xen_console_write(text, n) : 0;

	return took == -ENODEV ? pl011_write(text, n) : (size_t)took;
}

/* A ring's event comes whenever the other side has read. */
void console_device_watch(bool on)
{
	pl011_watch(on);
}

int console_early_read(char *text, size_t max)
{
	int n = xen_console_read(text, max);

	return n == -ENODEV ? pl011_read(text, max) : n;
}
