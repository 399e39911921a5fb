/* SPDX-License-Identifier: MIT */
/* Giving back: step by step, each checked against what the host says we have afterwards. */
#include <kernel/printk.h>
#include <mm/reserve.h>
#include "engine.h"

/*
 * Where the host fell short inside an extent, some of its frames are gone though the extent does
 * not count: the host's own count says how many (its loop goes frame by frame, from the first on).
 */
static unsigned long count_gone(const struct shrink_step *step, unsigned long known,
				unsigned long released)
{
	unsigned int at = (unsigned int)(known >> step->order);
	unsigned long part = known & ((1UL << step->order) - 1);
	unsigned long more = released > known ? released - known : 0;

	if (!more || at >= step->nr_extents)
		return known;
	more = MIN(more, (1UL << step->order) - part);
	balloon.backend->forget(pfn_add(step->extent[at], part), more);
	return known + more;
}

/* One step, as planned. *gone: frames that the host has now. */
static int run_step(struct shrink_step *step, unsigned long *gone)
{
	unsigned long before, after, known, lost;
	int err = balloon.backend->current(&before);

	*gone = 0;
	if (err) {
		shrink_finish(&kernel_mm, step, 0, &lost);
		return -EIO;
	}
	err = balloon.backend->shrink(step->extent, step->nr_extents, step->order, &known);
	*gone = known;
	if (balloon.backend->current(&after))
		after = before - known;
	else
		*gone = count_gone(step, known, before - MIN(before, after));
	shrink_finish(&kernel_mm, step, *gone, &lost);
	if (lost)
		printk("balloon: %lu frames stay unused: they could not be mapped again\n", lost);
	balloon_account(after);
	return err ? -EIO : 0;
}

static int shrink_once(unsigned long frames, unsigned long *gone)
{
	struct shrink_step *step = &balloon.shrink;
	int err = shrink_plan(&kernel_mm, step, frames, balloon.backend->needs_scrub);

	*gone = 0;
	if (err)
		return err;
	err = run_step(step, gone);
	balloon.stats.held += *gone;
	if (!err && *gone < (unsigned long)step->nr_extents << step->order)
		err = -EAGAIN;
	return err;
}

int balloon_shrink(unsigned long frames, unsigned long *shrunk)
{
	int err = 0;

	*shrunk = 0;
	if (!balloon.backend)
		return -ENODEV;
	if (balloon.busy)
		return -EBUSY;
	balloon.busy = true;
	while (!err && *shrunk < frames) {
		unsigned long gone;

		err = shrink_once(frames - *shrunk, &gone);
		*shrunk += gone;
		/* The tables of blocks that went are free memory now. */
		reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	}
	balloon.busy = false;
	return *shrunk ? 0 : err;
}
