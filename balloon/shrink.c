/* SPDX-License-Identifier: MIT */
/* Giving back: step by step, each checked against what the host says we have afterwards. */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <mm/owner.h>
#include <mm/reserve.h>

#include "grow.h"
#include "policy.h"
#include "shrink.h"
#include "trace.h"

/* The extent in which the host stopped: how much of it lies behind `known`. */
static unsigned long rest_of_extent(const struct shrink_step *step, unsigned long known)
{
	unsigned long size = 1UL << step->order;

	return known < step->nr_extents * size ? size - (known & (size - 1)) : 0;
}

/*
 * Where the host fell short inside an extent, some of its frames are gone though the extent does
 * not count: the host's own count says how many (its loop goes frame by frame, from the first on).
 * If it does not tell, none of that extent may be used again. Whole units go, or stay.
 */
static unsigned long count_gone(const struct balloon_dev *dev, const struct shrink_step *step,
				unsigned long known, const unsigned long *released)
{
	bool inside = step->order && dev->backend->unit == 1;
	unsigned long more = inside ? rest_of_extent(step, known) : 0;

	if (released)
		more = MIN(more, *released - MIN(*released, known));
	if (more)
		dev->backend->forget(dev->backend,
				     pfn_add(step->extent[known >> step->order],
					     known & ((1UL << step->order) - 1)),
				     more);
	return known + more;
}

/* One step, as planned. *gone: frames that the host has now. */
static int run_step(struct balloon_dev *dev, struct shrink_step *step, unsigned long *gone)
{
	unsigned long before, after, known, released, lost;
	bool told;
	int err = dev->backend->current(dev->backend, &before);

	*gone = 0;
	if (err) {
		shrink_finish(&kernel_mm, step, 0, &lost);
		return -EIO;
	}
	err = dev->backend->shrink(dev->backend, step->extent, step->nr_extents, step->order,
				   &known);
	told = !dev->backend->current(dev->backend, &after);
	released = told ? before - MIN(before, after) : 0;
	*gone = count_gone(dev, step, known, told ? &released : NULL);
	shrink_finish(&kernel_mm, step, *gone, &lost);
	if (lost)
		printk("balloon: %lu frames leaked: cannot map them again\n", lost);
	if (told)
		balloon_account(dev, after);
	return err ? -EIO : 0;
}

static int release(struct balloon_dev *dev, struct shrink_step *step, unsigned long *gone)
{
	int err = shrink_unmap(&kernel_mm, step);

	*gone = 0;
	if (err)
		return err;
	err = run_step(dev, step, gone);
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

void balloon_forget_refusals(struct balloon_dev *dev)
{
	dev->release.refusals = 0;
	dev->release.single_backoff = 0;
}

/* Single frames may go where blocks do not: that alone does not end the pause. */
static void note_taken(struct balloon_dev *dev)
{
	if (balloon.shrink.order || dev->release.refusals < REFUSALS_TO_FRAMES)
		balloon_forget_refusals(dev);
}

/* A step of blocks that is refused was scrubbed for nothing: each next one waits longer. */
static void note_refused(struct balloon_dev *dev)
{
	if (++dev->release.refusals < REFUSALS_TO_FRAMES || !balloon.shrink.order)
		return;
	dev->release.single_backoff = policy_leak_backoff(dev->release.single_backoff);
	dev->release.blocks_at = clock_ns() + dev->release.single_backoff;
}

static bool offers_blocks(const struct balloon_dev *dev)
{
	return dev->release.refusals < REFUSALS_TO_FRAMES || clock_ns() >= dev->release.blocks_at;
}

bool balloon_may_shrink(const struct balloon_dev *dev)
{
	return dev->release.refusals < REFUSALS_MAX;
}

unsigned long balloon_collected(void)
{
	return balloon.collecting ? (unsigned long)balloon.shrink.nr_extents << balloon.shrink.order
				  : 0;
}

unsigned long balloon_whole(const struct balloon_dev *dev)
{
	unsigned long held = balloon.shrink.order ? balloon_collected() : 0;
	unsigned long unit = dev->backend->unit;

	return mm_whole_granules(&kernel_mm, balloon_owner(dev), unit, POLICY_UNITS_MAX) +
	       held / MAX(unit, BLOCK_FRAMES);
}

void balloon_shrink_begin(struct balloon_dev *dev, unsigned long frames)
{
	struct shrink_request want = {
		.frames = frames,
		.blocks = offers_blocks(dev),
		.owner = balloon_owner(dev),
		.granule = dev->backend->unit,
	};

	shrink_begin(&kernel_mm, &balloon.shrink, &want);
	balloon.collecting = dev;
}

bool balloon_shrink_collect(struct balloon_dev *dev, unsigned long frames)
{
	return shrink_collect(&kernel_mm, &balloon.shrink, frames, dev->backend->needs_scrub);
}

void balloon_shrink_cut(unsigned long frames)
{
	unsigned long before = balloon_collected(), kept;

	if (!balloon.collecting)
		return;
	shrink_cut(&kernel_mm, &balloon.shrink, frames);
	kept = before - balloon_collected();
	if (kept)
		balloon_trace(balloon.collecting->stats.backend, BALLOON_CANCELLED, kept, 0);
	if (!balloon.shrink.nr_wanted)
		balloon.collecting = NULL;
}

bool balloon_shrink_cancel(void)
{
	bool some = balloon_collected() > 0;

	balloon_shrink_cut(0);
	return some;
}

int balloon_shrink_release(struct balloon_dev *dev, unsigned long *gone)
{
	int err;

	balloon.collecting = NULL;
	err = release(dev, &balloon.shrink, gone);
	balloon.shrink.nr_extents = 0;
	balloon_count_released(dev, *gone);
	if (*gone) {
		balloon_reset_backoff(dev);
		note_taken(dev);
	} else if (err == -EAGAIN) {
		note_refused(dev);
	}
	/* The tables of blocks that went are free memory now. */
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	return err;
}
