/* SPDX-License-Identifier: MIT */
/* Xen's own console: there from the first line on for the hardware domain, a debug Xen's for all.
 */
#include <arch/console.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <kernel/errno.h>

void console_early_write(const char *text, size_t n)
{
	xen_console_io(CONSOLEIO_write, (int)n, (char *)text);
}

int console_early_read(char *text, size_t max)
{
	long n;

	if (!xen_is_hardware_domain())
		return -ENODEV;
	n = xen_console_io(CONSOLEIO_read, (int)max, text);
	return n < 0 || (size_t)n > max ? -ENODEV : (int)n;
}
