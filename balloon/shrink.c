/* SPDX-License-Identifier: MIT */
/* Giving back: step by step, each checked against what the host says we have afterwards. */
#include <kernel/printk.h>
#include <mm/reserve.h>
#include "engine.h"

/* The extent in which the host stopped: how much of it lies behind `known`. */
static unsigned long rest_of_extent(const struct shrink_step *step, unsigned long known)
{
	unsigned long size = 1UL << step->order;

	return known < step->nr_extents * size ? size - (known & (size - 1)) : 0;
}

/*
 * Where the host fell short inside an extent, some of its frames are gone though the extent does
 * not count: the host's own count says how many (its loop goes frame by frame, from the first on).
 * If it does not tell, none of that extent may be used again.
 */
static unsigned long count_gone(const struct shrink_step *step, unsigned long known,
				const unsigned long *released)
{
	unsigned long more = step->order ? rest_of_extent(step, known) : 0;

	if (released)
		more = MIN(more, *released - MIN(*released, known));
	if (more)
		balloon.backend->forget(pfn_add(step->extent[known >> step->order],
						known & ((1UL << step->order) - 1)),
					more);
	return known + more;
}

/* One step, as planned. *gone: frames that the host has now. */
static int run_step(struct shrink_step *step, unsigned long *gone)
{
	unsigned long before, after, known, released, lost;
	bool told;
	int err = balloon.backend->current(&before);

	*gone = 0;
	if (err) {
		shrink_finish(&kernel_mm, step, 0, &lost);
		return -EIO;
	}
	err = balloon.backend->shrink(step->extent, step->nr_extents, step->order, &known);
	told = !balloon.backend->current(&after);
	released = told ? before - MIN(before, after) : 0;
	*gone = count_gone(step, known, told ? &released : NULL);
	shrink_finish(&kernel_mm, step, *gone, &lost);
	if (lost)
		printk("balloon: %lu frames stay unused: they could not be mapped again\n", lost);
	if (told)
		balloon_account(after);
	return err ? -EIO : 0;
}

static int release(struct shrink_step *step, unsigned long *gone)
{
	int err = shrink_unmap(&kernel_mm, step);

	*gone = 0;
	if (err)
		return err;
	err = run_step(step, gone);
	if (!err && *gone < (unsigned long)step->nr_extents << step->order)
		err = -EAGAIN;
	return err;
}

/*
 * A host that took nothing is offered other blocks (what came back last is taken first, so that the
 * one which was refused is the last now), and then single frames.
 */
#define REFUSALS_TO_FRAMES 2U
#define REFUSALS_MAX	   3U

void balloon_begin_release(unsigned long frames)
{
	struct shrink_request want = {frames, .blocks = balloon.refusals < REFUSALS_TO_FRAMES};

	shrink_begin(&kernel_mm, &balloon.shrink, &want);
}

int balloon_release(unsigned long *gone)
{
	int err = release(&balloon.shrink, gone);

	balloon.shrink.nr_extents = 0;
	balloon.stats.held += *gone;
	if (*gone)
		balloon_ask_again();
	else if (err == -EAGAIN)
		balloon.refusals++;
	/* The tables of blocks that went are free memory now. */
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	return err;
}

static int shrink_once(unsigned long frames, unsigned long *gone)
{
	balloon_begin_release(frames);
	shrink_collect(&kernel_mm, &balloon.shrink, frames, balloon.backend->needs_scrub);
	return balloon_release(gone);
}

/* As far as the host goes along. */
static int shrink_by(unsigned long frames, unsigned long *shrunk)
{
	int err = 0;

	balloon.refusals = 0;
	while (!err && *shrunk < frames) {
		unsigned long gone;

		err = shrink_once(frames - *shrunk, &gone);
		*shrunk += gone;
		if (err == -EAGAIN && !gone && balloon.refusals < REFUSALS_MAX)
			err = 0;
	}
	return err;
}

int balloon_shrink(unsigned long frames, unsigned long *shrunk)
{
	int err;

	*shrunk = 0;
	if (!balloon.backend)
		return -ENODEV;
	if (balloon.busy)
		return -EBUSY;
	balloon_cancel();
	balloon.busy = true;
	err = shrink_by(frames, shrunk);
	balloon.busy = false;
	balloon_trace(BALLOON_SHRANK, *shrunk, err);
	return *shrunk ? 0 : err;
}
