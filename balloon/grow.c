/* SPDX-License-Identifier: MIT */
/*
 * Growing: carries out what policy decides, and undoes what the host does not carry through.
 * Progress is counted in frames, never guessed from a return code.
 */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <mm/reserve.h>

#include "grow.h"
#include "policy.h"

bool balloon_may_grow(const struct balloon_dev *dev)
{
	return !dev->growth.retry_at || clock_ns() >= dev->growth.retry_at;
}

void balloon_reset_backoff(struct balloon_dev *dev)
{
	dev->growth.backoff = 0;
	dev->growth.leak_backoff = 0;
	dev->growth.retry_at = 0;
}

/* Single frames, where whole blocks cannot be had? */
static bool has_frames(const struct balloon_dev *dev)
{
	return dev->backend->unit == 1;
}

/* The host gave nothing: not before a pause is it asked again. */
static void back_off(struct balloon_dev *dev)
{
	dev->growth.backoff = policy_backoff(dev->growth.backoff);
	dev->growth.retry_at = clock_ns() + dev->growth.backoff;
}

/*
 * Frames became the domain's and nobody can reach them: Xen's populate does so where it has no
 * memory for the tables of a translated guest. Each attempt costs an extent, so that the next one
 * waits, and is of single frames.
 */
static void note_leak(struct balloon_dev *dev)
{
	if (!has_frames(dev))
		printk("balloon: %s: growth disabled: it leaked frames at unknown addresses\n",
		       dev->backend->name);
	else if (!dev->growth.single_pages)
		printk("balloon: growth paused: the host cannot map what it populates (with xl, "
		       "raise shadow_memory)\n");
	dev->growth.single_pages = true;
	dev->growth.leak_backoff = policy_leak_backoff(dev->growth.leak_backoff);
	dev->growth.retry_at = clock_ns() + dev->growth.leak_backoff;
}

/* A new block came whole: by single frames first, and when that went well as it is asked for. */
static void trust_again(struct balloon_dev *dev)
{
	if (!dev->growth.single_pages)
		dev->growth.leak_backoff = 0;
	dev->growth.single_pages = false;
}

/* When may the next attempt be, after one that ended with `err`? */
static void plan_next(struct balloon_dev *dev, unsigned int done, int err,
		      unsigned long lost_before)
{
	if (dev->stats.lost > lost_before) {
		note_leak(dev);
		return;
	}
	if (done && done == balloon.step.nr_extents && balloon.step.nr_new)
		trust_again(dev);
	if (done)
		dev->growth.backoff = 0;
	else if (err != -ENOSPC && err != -ENOMEM)
		back_off(dev);
}

/* The host gave less than was asked: because it is short, or because we are at our maximum? */
static int host_was_short(struct balloon_dev *dev, unsigned long grown)
{
	if (balloon_read_current(dev) || balloon_read_ceiling(dev))
		return -EIO;
	if (!balloon_room(dev))
		return -ENOSPC;
	/* Out of whole blocks, it may have single frames. */
	if (grown && balloon.step.order && has_frames(dev))
		return 0;
	return -EAGAIN;
}

/* Frames that could not be mapped go back to the host; those that it does not take are lost. */
static void give_back(const struct balloon_dev *dev, struct grow_step *step, unsigned int nr)
{
	unsigned long gone, frames = (unsigned long)nr << step->order;
	int err = dev->backend->shrink(dev->backend, step->extent, nr, step->order, &gone);

	if (gone < frames)
		printk("balloon: %lu frames leaked: neither mapped nor released (%s)\n",
		       frames - gone, strerror_kernel(err));
}

/* One step, as planned. *done: extents that joined. */
static int run_step(const struct balloon_dev *dev, struct grow_step *step, unsigned int *done)
{
	int err =
		dev->backend->grow(dev->backend, step->extent, step->nr_extents, step->order, done);

	if (!*done) {
		grow_drop(&kernel_mm, step);
		return err ? -EIO : 0;
	}
	err = grow_commit(&kernel_mm, step, *done);
	if (err == -EIO) {
		give_back(dev, step, *done);
		grow_drop(&kernel_mm, step);
	}
	if (err)
		*done = 0;
	return err ? -EIO : 0;
}

/* Does the host count more as ours than it did, and than there is? Or will it not say? */
static bool may_have_lost(struct balloon_dev *dev, unsigned long before)
{
	return balloon_read_current(dev) || dev->stats.lost > before;
}

/* One step of at most `frames`; whole blocks if the host has them, else single frames. */
static int try_step(struct balloon_dev *dev, unsigned long frames, unsigned int order,
		    unsigned int *done)
{
	struct grow_request want = {
		.frames = frames,
		.order = order,
		.blocks = !dev->growth.single_pages || !has_frames(dev),
		.owner = balloon_owner(dev),
		.granule = dev->backend->unit,
	};
	unsigned long lost = dev->stats.lost;
	int err;

	*done = 0;
	do {
		err = grow_plan(&kernel_mm, &balloon.step, &want);
		if (!err)
			err = run_step(dev, &balloon.step, done);
		want.blocks = false;
	} while (!err && !*done && balloon.step.order == BLOCK_ORDER && has_frames(dev) &&
		 !may_have_lost(dev, lost));
	return err;
}

static int grow_once(struct balloon_dev *dev, unsigned long frames, unsigned int order,
		     unsigned long *grown)
{
	unsigned long lost = dev->stats.lost;
	unsigned int done;
	int err = try_step(dev, frames, order, &done);

	*grown = (unsigned long)done << balloon.step.order;
	if (err == -EIO)
		balloon_read_current(dev);
	else if (!err && done < balloon.step.nr_extents)
		err = host_was_short(dev, *grown);
	balloon_count_grown(dev, *grown);
	plan_next(dev, done, err, lost);
	return !err && dev->stats.lost > lost ? -EAGAIN : err;
}

/* Asks for the ceiling anew: is there room for so many? */
static int find_room(struct balloon_dev *dev, unsigned long frames)
{
	if (balloon_read_ceiling(dev))
		return -EIO;
	return balloon_room(dev) < frames ? -ENOSPC : 0;
}

/* Grows by what policy makes of the request. *grown is 0 before. */
static int grow_towards(struct balloon_dev *dev, unsigned int order, unsigned long *grown)
{
	unsigned long frames = 1UL << order;
	int err = find_room(dev, frames);

	if (err)
		return err;
	frames = policy_step(frames, pagedb_nr_present(&kernel_mm.db), balloon_room(dev),
			     dev->backend->unit);
	return grow_once(dev, frames, order, grown);
}

int balloon_grow_shortage(struct balloon_dev *dev, unsigned int order, unsigned long *grown)
{
	*grown = 0;
	return balloon_may_grow(dev) ? grow_towards(dev, order, grown) : -EAGAIN;
}

int balloon_grow_step(struct balloon_dev *dev, unsigned long frames, unsigned long *grown)
{
	int err;

	*grown = 0;
	if (!balloon_may_grow(dev))
		return -EAGAIN;
	frames = ALIGN_DOWN(frames, dev->backend->unit);
	err = frames ? find_room(dev, 1) : -ENOSPC;
	return err ? err : grow_once(dev, MIN(frames, balloon_room(dev)), 0, grown);
}

void balloon_grow_end(void)
{
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	balloon_end_step();
}
