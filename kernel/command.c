/* SPDX-License-Identifier: MIT */
/* What commands of the shell share. */
#include <lib/errno.h>
#include <lib/parse.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <mm/mm.h>

#include "command.h"

#define SHOWN_MAX 32

int command_frames(const char *name, const char *text, unsigned long *frames)
{
	char shown[SHOWN_MAX], size[TEXT_SIZE_MAX];
	struct mm_stats stats;
	uint64_t bytes;

	text_printable(shown, sizeof(shown), text);
	if (!parse_size(text, &bytes) || bytes == 0) {
		printk("%s: '%s' is not a size (try 64K, 200M or 1G)\n", name, shown);
		return -EINVAL;
	}
	mm_stats_get(&stats);
	if ((bytes - 1) >> PAGE_SHIFT >= stats.max) {
		printk("%s: %s above the maximum of this guest, %s\n", name, shown,
		       text_size(size, stats.max));
		return -EINVAL;
	}
	*frames = (unsigned long)((bytes - 1) >> PAGE_SHIFT) + 1;
	return 0;
}
