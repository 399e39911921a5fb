/* SPDX-License-Identifier: MIT */
/* The end that only a bug brings about. */
#include <arch/cpu.h>
#include <lib/bug.h>
#include <lib/printk.h>

void panic(const char *fmt, ...)
{
	static bool panicking;
	va_list ap;

	irq_disable();
	if (!panicking) {
		panicking = true;
		printk("panic: ");
		va_start(ap, fmt);
		vprintk(fmt, ap);
		va_end(ap);
		printk("\n");
		cpu_backtrace();
	}
	machine_crash();
}
