/* SPDX-License-Identifier: MIT */
/*
 * Growing: carries out what policy decides, and undoes what the host does not carry through.
 * Progress is counted in frames, never guessed from a return code.
 */
#include <arch/cpu.h>
#include <kernel/printk.h>
#include <mm/oom.h>
#include <mm/reserve.h>
#include "engine.h"
#include "policy.h"

/* The host gave nothing: not before a pause is it asked again. */
static void back_off(void)
{
	balloon.backoff = policy_backoff(balloon.backoff);
	balloon.retry_at = clock_ns() + balloon.backoff;
}

/*
 * Frames became the domain's and nobody can reach them: Xen's populate does so where it has no
 * memory for the tables of a translated guest. Each attempt costs an extent, so that the next one
 * waits, and is of single frames.
 */
static void be_careful(void)
{
	if (!balloon.careful)
		printk("balloon: growth pauses, for it loses frames: the host cannot map them "
		       "(under xl: more shadow_memory?)\n");
	balloon.careful = true;
	balloon.loss_pause = policy_loss_pause(balloon.loss_pause);
	balloon.retry_at = clock_ns() + balloon.loss_pause;
}

void balloon_ask_again(void)
{
	balloon.backoff = 0;
	balloon.loss_pause = 0;
	balloon.retry_at = 0;
}

/* When may the next attempt be, after one that ended with `err`? */
static void plan_next(unsigned int done, int err, unsigned long lost_before)
{
	if (balloon.stats.lost > lost_before) {
		be_careful();
		return;
	}
	if (done && done == balloon.step.nr_extents && balloon.step.nr_new)
		balloon.careful = false;
	if (done)
		balloon.backoff = 0;
	else if (err != -ENOSPC && err != -ENOMEM)
		back_off();
}

/* The host gave less than was asked: because it is short, or because we are at our maximum? */
static int host_was_short(unsigned long grown)
{
	if (balloon_read_current() || balloon_read_ceiling())
		return -EIO;
	if (!balloon_room())
		return -ENOSPC;
	/* Out of whole blocks, it may have single frames. */
	if (grown && balloon.step.order)
		return 0;
	return -EAGAIN;
}

/* Frames that could not be mapped go back to the host; those that it does not take are lost. */
static void give_back(struct grow_step *step, unsigned int nr)
{
	unsigned long gone, frames = (unsigned long)nr << step->order;
	int err = balloon.backend->shrink(step->extent, nr, step->order, &gone);

	if (gone < frames)
		printk("balloon: %lu frames that could not be mapped could not be given back "
		       "(%s)\n",
		       frames - gone, strerror_kernel(err));
}

/* One step, as planned. *done: extents that joined. */
static int run_step(struct grow_step *step, unsigned int *done)
{
	int err = balloon.backend->grow(step->extent, step->nr_extents, step->order, done);

	if (!*done) {
		grow_drop(&kernel_mm, step);
		return err ? -EIO : 0;
	}
	err = grow_commit(&kernel_mm, step, *done);
	if (err == -EIO) {
		give_back(step, *done);
		grow_drop(&kernel_mm, step);
	}
	if (err)
		*done = 0;
	return err ? -EIO : 0;
}

/* Does the host count more as ours than it did, and than there is? Or will it not say? */
static bool may_have_lost(unsigned long before)
{
	return balloon_read_current() || balloon.stats.lost > before;
}

/* One step of at most `frames`; whole blocks if the host has them, else single frames. */
static int try_step(unsigned long frames, unsigned int order, unsigned int *done)
{
	struct grow_request want = {frames, order, .blocks = !balloon.careful};
	unsigned long lost = balloon.stats.lost;
	int err;

	*done = 0;
	do {
		err = grow_plan(&kernel_mm, &balloon.step, &want);
		if (!err)
			err = run_step(&balloon.step, done);
		want.blocks = false;
	} while (!err && !*done && balloon.step.order == BLOCK_ORDER && !may_have_lost(lost));
	return err;
}

static int grow_once(unsigned long frames, unsigned int order, unsigned long *grown)
{
	unsigned long lost = balloon.stats.lost;
	unsigned int done;
	int err = try_step(frames, order, &done);

	*grown = (unsigned long)done << balloon.step.order;
	if (err == -EIO)
		balloon_read_current();
	else if (!err && done < balloon.step.nr_extents)
		err = host_was_short(*grown);
	balloon.stats.grown += *grown;
	balloon.stats.held -= MIN(balloon.stats.held, *grown);
	balloon.stats.steps += done != 0;
	balloon.stats.refused += done == 0;
	plan_next(done, err, lost);
	return !err && balloon.stats.lost > lost ? -EAGAIN : err;
}

static int may_grow(void)
{
	if (!balloon.backend)
		return -ENODEV;
	if (balloon.busy)
		return -EBUSY;
	if (balloon.retry_at && clock_ns() < balloon.retry_at)
		return -EAGAIN;
	return 0;
}

/* Asks for the ceiling anew: is there room for so many? */
static int find_room(unsigned long frames)
{
	if (balloon_read_ceiling())
		return -EIO;
	return balloon_room() < frames ? -ENOSPC : 0;
}

/* Grows by what policy makes of the request. */
static int grow_towards(unsigned long frames, unsigned int order, unsigned long *grown)
{
	int err = find_room(frames);

	*grown = 0;
	if (err)
		return err;
	return grow_once(policy_step(frames, balloon.stats.present, balloon_room()), order, grown);
}

static int grow_some(unsigned long frames, unsigned long *grown)
{
	int err = find_room(1);

	*grown = 0;
	return err ? err : grow_once(MIN(frames, balloon_room()), 0, grown);
}

static void end_growth(unsigned long grown, int err)
{
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	balloon.busy = false;
	balloon_trace(BALLOON_GREW, grown, err);
}

int balloon_grow_step(unsigned long frames, unsigned long *grown)
{
	int err = may_grow();

	*grown = 0;
	if (err)
		return err;
	balloon.busy = true;
	err = grow_some(frames, grown);
	end_growth(*grown, err);
	return err;
}

int balloon_grow(unsigned long frames, unsigned long *grown)
{
	int err = may_grow();

	*grown = 0;
	if (err)
		return err;
	balloon_cancel();
	balloon.busy = true;
	while (!err && *grown < frames) {
		unsigned long some;

		err = grow_some(frames - *grown, &some);
		*grown += some;
	}
	end_growth(*grown, err);
	balloon_grew_beyond(*grown);
	return *grown ? 0 : err;
}

bool mm_oom(unsigned int order)
{
	unsigned long grown = 0;
	int err;

	if (balloon_cancel())
		return true;
	if (may_grow())
		return false;
	balloon.busy = true;
	err = grow_towards(1UL << order, order, &grown);
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	balloon.busy = false;
	balloon_trace(BALLOON_SHORTAGE, grown, err);
	balloon_grew_beyond(grown);
	return grown > 0;
}
