/* SPDX-License-Identifier: MIT */
/* trace: what the balloon did last. */
#include <balloon/balloon.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/text.h>

#include "command.h"

#define NS_PER_MS 1000000U

/* One alone has no need to be named. */
static bool are_several(void)
{
	struct balloon_stats second;

	return balloon_backend_stats_get(1, &second);
}

static void show(const struct balloon_event *event)
{
	unsigned long ms = (unsigned long)(event->time / NS_PER_MS);

	printk("  %7lu.%03lu  %-12s %10lu", ms / 1000, ms % 1000, balloon_event_name(event->kind),
	       event->frames);
	if (event->backend && are_several())
		printk("  %s", event->backend);
	if (event->times > 1)
		printk("  %u times", event->times);
	if (event->err)
		printk("  %s", strerror_kernel(event->err));
	printk("\n");
}

/* Oldest first, as a log is read. */
static int run_trace(int argc, char **argv)
{
	struct balloon_event event;
	unsigned int nr = 0;

	(void)argc;
	(void)argv;
	while (balloon_event_get(nr, &event))
		nr++;
	printk("  seconds      what             frames  (the last %u events)\n", nr);
	while (nr-- > 0) {
		if (balloon_event_get(nr, &event))
			show(&event);
	}
	return 0;
}

const struct command command_trace = {
	.name = "trace",
	.usage = "",
	.text = "what the balloon did last",
	.run = run_trace,
};
