/* SPDX-License-Identifier: MIT */
/*
 * printk: formats on the caller's stack and hands the text to the sink, so that it may interrupt
 * itself.
 */
#include <lib/printk.h>
#include <lib/string.h>

#define PRINTK_MAX 512

static printk_sink current_sink;

void printk_set_sink(printk_sink sink)
{
	current_sink = sink;
}

void vprintk(const char *fmt, va_list ap)
{
	static const char cut[] = "...\n";
	char text[PRINTK_MAX];
	size_t n = (size_t)vsnprintf(text, sizeof(text), fmt, ap);

	if (n >= sizeof(text)) {
		n = sizeof(text) - 1;
		memcpy(text + n - (sizeof(cut) - 1), cut, sizeof(cut) - 1);
	}
	if (current_sink)
		current_sink(text, n);
}

void printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}
