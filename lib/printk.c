/* SPDX-License-Identifier: MIT */
/*
 * printk: formats on the caller's stack and hands the text to the sink, so that it may interrupt
 * itself. Until the first sink comes the text waits in a ring; interrupts are off by then.
 */
#include <kernel/printk.h>
#include <kernel/string.h>

#define PRINTK_MAX 512
#define LOG_SIZE   8192UL

static printk_sink current_sink;
static char early_log[LOG_SIZE];
static size_t early_bytes; /* ever written; the last LOG_SIZE of them are there */

static void log_append(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		early_log[early_bytes++ % LOG_SIZE] = text[i];
}

static void log_hand_over(printk_sink sink)
{
	static const char lost[] = "(earlier lines are lost)\n";
	size_t split = early_bytes % LOG_SIZE;

	if (early_bytes > LOG_SIZE) {
		sink(lost, sizeof(lost) - 1);
		sink(early_log + split, LOG_SIZE - split);
	}
	sink(early_log, early_bytes > LOG_SIZE ? split : early_bytes);
	early_bytes = 0;
}

void printk_set_sink(printk_sink sink)
{
	if (sink && early_bytes)
		log_hand_over(sink);
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
	else
		log_append(text, n);
}

void printk(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintk(fmt, ap);
	va_end(ap);
}
