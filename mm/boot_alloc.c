/* SPDX-License-Identifier: MIT */
/* The allocator before the allocator: a cursor over the RAM that the port reported. */
#include <lib/errno.h>

#include "boot_alloc.h"

static const struct boot_info *info;
static unsigned int at_range;
static unsigned long at_frame; /* in that range */

void boot_alloc_init(const struct boot_info *boot)
{
	info = boot;
	at_range = 0;
	at_frame = 0;
}

/* Moves the cursor to a range of RAM with something left; NULL at the end. */
static const struct boot_range *current_range(void)
{
	for (; at_range < info->nr_ranges; at_range++, at_frame = 0) {
		const struct boot_range *range = &info->range[at_range];

		if (range->kind == BOOT_RAM && at_frame < range->nr_frames)
			return range;
	}
	return NULL;
}

int boot_alloc(pfn_t *pfn)
{
	const struct boot_range *range = current_range();

	if (!range)
		return -ENOMEM;
	*pfn = pfn_add(range->first, at_frame++);
	return 0;
}

bool boot_alloc_stash(struct frame_stash *stash, unsigned int nr)
{
	if (nr > stash->max - stash->nr)
		return false;
	for (pfn_t pfn; nr > 0; nr--) {
		if (boot_alloc(&pfn))
			return false;
		stash_push(stash, pfn);
	}
	return true;
}

bool boot_alloc_rest(pfn_t *first, unsigned long *nr_frames)
{
	const struct boot_range *range = current_range();

	if (!range)
		return false;
	*first = pfn_add(range->first, at_frame);
	*nr_frames = range->nr_frames - at_frame;
	at_frame = range->nr_frames;
	return true;
}
