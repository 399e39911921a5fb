/* SPDX-License-Identifier: MIT */
/*
 * The console that is there from the first line on: Xen's own for the hardware domain, for a domU
 * the ring that the domain builder made; COM1 where Xen is not under us.
 */
#include <arch/console.h>
#include <asm/domain.h>
#include <asm/hvm.h>
#include <asm/hypercall.h>
#include <kernel/errno.h>

void console_early_write(const char *text, size_t n)
{
	if (!xen_is_present())
		serial_write(text, n);
	else if (console_ring_is_there())
		console_ring_write(text, n);
	else
		xen_console_io(CONSOLEIO_write, (int)n, (char *)text);
}

int console_early_read(char *text, size_t max)
{
	long n;

	if (!xen_is_present())
		return serial_read(text, max);
	if (console_ring_is_there())
		return console_ring_read(text, max);
	n = xen_console_io(CONSOLEIO_read, (int)max, text);
	return n < 0 || (size_t)n > max ? -ENODEV : (int)n;
}
