/* SPDX-License-Identifier: MIT */
/* The console: Xen's where it gives us one, else the machine's UART. */
#include <arch/console.h>
#include <asm/arm.h>
#include <kernel/errno.h>

void console_early_write(const char *text, size_t n)
{
	if (!xen_console_write(text, n))
		pl011_write(text, n);
}

int console_early_read(char *text, size_t max)
{
	int n = xen_console_read(text, max);

	return n == -ENODEV ? pl011_read(text, max) : n;
}
