/* SPDX-License-Identifier: MIT */
/* grow, balloon: more memory, or less. */
#include <balloon/balloon.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>
#include <mm/mm.h>

#include "command.h"

/* Why it is not as many as were wanted. */
static const char *why(int err, unsigned long wanted)
{
	struct mm_stats mem;

	if (err != -ENOSPC)
		return strerror_kernel(err);
	mm_stats_get(&mem);
	return mem.present < wanted ? "this is the ceiling" : "this is the floor";
}

static int run_grow(int argc, char **argv)
{
	unsigned long frames, grown = 0;
	char size[TEXT_SIZE_MAX];
	int err = command_frames(argv[0], argv[1], &frames);

	(void)argc;
	if (err)
		return err;
	err = balloon_grow(frames, &grown);
	if (err) {
		printk("grow: %s: nothing added: %s\n", argv[1], why(err, ~0UL));
		return err;
	}
	printk("grow: %s: %s added\n", argv[1], text_size(size, grown));
	return 0;
}

const struct command command_grow = {
	.name = "grow",
	.usage = "SIZE",
	.text = "ask the host for memory",
	.min_args = 1,
	.max_args = 1,
	.run = run_grow,
};

/* The target in the host's count, for the guest to have so many: others bring their part of it. */
static int resize_follow(unsigned long frames)
{
	struct balloon_stats stats;

	balloon_stats_get(&stats);
	if (!stats.backend)
		return -ENODEV;
	frames -= MIN(frames, stats.others);
	balloon_target_set(frames + (unsigned long)stats.offset + stats.lost);
	return balloon_settle();
}

static int drop_target(void)
{
	balloon_target_none();
	printk("balloon: no target: memory grows when it is short, and does not shrink\n");
	return 0;
}

static int run_resize(int argc, char **argv)
{
	char had[TEXT_SIZE_MAX], has[TEXT_SIZE_MAX];
	struct mm_stats before, after;
	unsigned long frames;
	int err;

	(void)argc;
	if (strcmp(argv[1], "none") == 0)
		return drop_target();
	err = command_frames(argv[0], argv[1], &frames);
	if (err)
		return err;
	mm_stats_get(&before);
	err = resize_follow(frames);
	mm_stats_get(&after);
	if (err && after.present == before.present) {
		printk("balloon: %s: nothing moved: %s\n", argv[1], why(err, frames));
		return err;
	}
	printk("balloon: from %s to %s%s%s\n", text_size(had, before.present),
	       text_size(has, after.present), err ? ": " : "", err ? why(err, frames) : "");
	return 0;
}

const struct command command_resize = {
	.name = "balloon",
	.usage = "SIZE|none",
	.text = "the target: grow or shrink to have so much, or drop it",
	.min_args = 1,
	.max_args = 1,
	.run = run_resize,
};
