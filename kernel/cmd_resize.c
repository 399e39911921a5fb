/* SPDX-License-Identifier: MIT */
/* grow, balloon: more memory, or less. */
#include "command.h"

#include <aerostat/text.h>
#include <balloon/balloon.h>
#include <kernel/errno.h>
#include <kernel/printk.h>
#include <mm/mm.h>

int command_grow(int argc, char **argv)
{
	unsigned long frames, grown = 0;
	char size[TEXT_SIZE_MAX];
	int err = command_frames(argv[0], argv[1], &frames);

	(void)argc;
	if (err)
		return err;
	err = balloon_grow(frames, &grown);
	if (err) {
		printk("grow: %s: nothing came: %s\n", argv[1], strerror_kernel(err));
		return err;
	}
	printk("grow: %s: %s came\n", argv[1], text_size(size, grown));
	return 0;
}

int command_resize(int argc, char **argv)
{
	char had[TEXT_SIZE_MAX], has[TEXT_SIZE_MAX];
	unsigned long frames, moved = 0;
	struct mm_stats before, after;
	int err = command_frames(argv[0], argv[1], &frames);

	(void)argc;
	if (err)
		return err;
	mm_stats_get(&before);
	if (frames > before.present)
		err = balloon_grow(frames - before.present, &moved);
	else if (frames < before.present)
		err = balloon_shrink(before.present - frames, &moved);
	if (err) {
		printk("balloon: %s: nothing moved: %s\n", argv[1], strerror_kernel(err));
		return err;
	}
	mm_stats_get(&after);
	printk("balloon: from %s to %s\n", text_size(had, before.present),
	       text_size(has, after.present));
	return 0;
}
