/* SPDX-License-Identifier: MIT */
/*
 * Growing: carries out what policy decides, and undoes what the host does not carry through.
 * Progress is counted in frames, never guessed from a return code.
 */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <mm/oom.h>
#include <mm/reserve.h>

#include "engine.h"
#include "policy.h"

/* Single frames, where whole blocks cannot be had? */
static bool has_frames(const struct balloon_member *m)
{
	return m->backend->unit == 1;
}

/* The host gave nothing: not before a pause is it asked again. */
static void back_off(struct balloon_member *m)
{
	m->backoff = policy_backoff(m->backoff);
	m->retry_at = clock_ns() + m->backoff;
}

/*
 * Frames became the domain's and nobody can reach them: Xen's populate does so where it has no
 * memory for the tables of a translated guest. Each attempt costs an extent, so that the next one
 * waits, and is of single frames.
 */
static void be_careful(struct balloon_member *m)
{
	if (!has_frames(m))
		printk("balloon: %s: growth disabled: it leaked frames at unknown addresses\n",
		       m->backend->name);
	else if (!m->careful)
		printk("balloon: growth paused: the host cannot map what it populates (with xl, "
		       "raise shadow_memory)\n");
	m->careful = true;
	m->loss_pause = policy_loss_pause(m->loss_pause);
	m->retry_at = clock_ns() + m->loss_pause;
}

/* A new block came whole: by single frames first, and when that went well as it is asked for. */
static void trust_again(struct balloon_member *m)
{
	if (!m->careful)
		m->loss_pause = 0;
	m->careful = false;
}

/* When may the next attempt be, after one that ended with `err`? */
static void plan_next(struct balloon_member *m, unsigned int done, int err,
		      unsigned long lost_before)
{
	if (m->stats.lost > lost_before) {
		be_careful(m);
		return;
	}
	if (done && done == balloon.step.nr_extents && balloon.step.nr_new)
		trust_again(m);
	if (done)
		m->backoff = 0;
	else if (err != -ENOSPC && err != -ENOMEM)
		back_off(m);
}

/* The host gave less than was asked: because it is short, or because we are at our maximum? */
static int host_was_short(struct balloon_member *m, unsigned long grown)
{
	if (balloon_read_current(m) || balloon_read_ceiling(m))
		return -EIO;
	if (!balloon_room(m))
		return -ENOSPC;
	/* Out of whole blocks, it may have single frames. */
	if (grown && balloon.step.order && has_frames(m))
		return 0;
	return -EAGAIN;
}

/* Frames that could not be mapped go back to the host; those that it does not take are lost. */
static void give_back(const struct balloon_member *m, struct grow_step *step, unsigned int nr)
{
	unsigned long gone, frames = (unsigned long)nr << step->order;
	int err = m->backend->shrink(step->extent, nr, step->order, &gone);

	if (gone < frames)
		printk("balloon: %lu frames leaked: neither mapped nor released (%s)\n",
		       frames - gone, strerror_kernel(err));
}

/* One step, as planned. *done: extents that joined. */
static int run_step(const struct balloon_member *m, struct grow_step *step, unsigned int *done)
{
	int err = m->backend->grow(step->extent, step->nr_extents, step->order, done);

	if (!*done) {
		grow_drop(&kernel_mm, step);
		return err ? -EIO : 0;
	}
	err = grow_commit(&kernel_mm, step, *done);
	if (err == -EIO) {
		give_back(m, step, *done);
		grow_drop(&kernel_mm, step);
	}
	if (err)
		*done = 0;
	return err ? -EIO : 0;
}

/* Does the host count more as ours than it did, and than there is? Or will it not say? */
static bool may_have_lost(struct balloon_member *m, unsigned long before)
{
	return balloon_read_current(m) || m->stats.lost > before;
}

/* One step of at most `frames`; whole blocks if the host has them, else single frames. */
static int try_step(struct balloon_member *m, unsigned long frames, unsigned int order,
		    unsigned int *done)
{
	struct grow_request want = {
		.frames = frames,
		.order = order,
		.blocks = !m->careful || !has_frames(m),
		.owner = balloon_owner(m),
		.granule = m->backend->unit,
	};
	unsigned long lost = m->stats.lost;
	int err;

	*done = 0;
	do {
		err = grow_plan(&kernel_mm, &balloon.step, &want);
		if (!err)
			err = run_step(m, &balloon.step, done);
		want.blocks = false;
	} while (!err && !*done && balloon.step.order == BLOCK_ORDER && has_frames(m) &&
		 !may_have_lost(m, lost));
	return err;
}

static int grow_once(struct balloon_member *m, unsigned long frames, unsigned int order,
		     unsigned long *grown)
{
	unsigned long lost = m->stats.lost;
	unsigned int done;
	int err = try_step(m, frames, order, &done);

	*grown = (unsigned long)done << balloon.step.order;
	if (err == -EIO)
		balloon_read_current(m);
	else if (!err && done < balloon.step.nr_extents)
		err = host_was_short(m, *grown);
	m->stats.grown += *grown;
	m->stats.held -= MIN(m->stats.held, *grown);
	m->stats.steps += done != 0;
	m->stats.refused += done == 0;
	plan_next(m, done, err, lost);
	return !err && m->stats.lost > lost ? -EAGAIN : err;
}

static int may_grow(const struct balloon_member *m)
{
	return m->retry_at && clock_ns() < m->retry_at ? -EAGAIN : 0;
}

/* Asks for the ceiling anew: is there room for so many? */
static int find_room(struct balloon_member *m, unsigned long frames)
{
	if (balloon_read_ceiling(m))
		return -EIO;
	return balloon_room(m) < frames ? -ENOSPC : 0;
}

/* Grows by what policy makes of the request. *grown is 0 before. */
static int grow_towards(struct balloon_member *m, unsigned int order, unsigned long *grown)
{
	unsigned long frames = 1UL << order;
	int err = find_room(m, frames);

	if (err)
		return err;
	frames = policy_step(frames, pagedb_nr_present(&kernel_mm.db), balloon_room(m),
			     m->backend->unit);
	return grow_once(m, frames, order, grown);
}

static int grow_some(struct balloon_member *m, unsigned long frames, unsigned long *grown)
{
	int err;

	*grown = 0;
	frames = ALIGN_DOWN(frames, m->backend->unit);
	err = frames ? find_room(m, 1) : -ENOSPC;
	return err ? err : grow_once(m, MIN(frames, balloon_room(m)), 0, grown);
}

static void end_growth(void)
{
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	balloon.busy = false;
}

int balloon_grow_step(struct balloon_member *m, unsigned long frames, unsigned long *grown)
{
	int err = balloon.busy ? -EBUSY : may_grow(m);

	*grown = 0;
	if (err)
		return err;
	balloon.busy = true;
	err = grow_some(m, frames, grown);
	end_growth();
	balloon_trace(m, BALLOON_GREW, *grown, err);
	return err;
}

/* As far as its host goes along; what came is added to *grown. */
static int grow_by(struct balloon_member *m, unsigned long frames, unsigned long *grown)
{
	int err = may_grow(m);
	unsigned long came = 0;

	while (!err && came < frames) {
		unsigned long some;

		err = grow_some(m, frames - came, &some);
		came += some;
	}
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	balloon_grew_beyond(m, came);
	*grown += came;
	return err;
}

int balloon_grow(unsigned long frames, unsigned long *grown)
{
	return balloon_command(BALLOON_GREW, grow_by, frames, grown);
}

/* Of two failures -ENOMEM is the one to report: free frames help against it. */
static int worse(int a, int b)
{
	return a == -ENOMEM ? a : b;
}

/* Asks one backend after the other until one brings something. */
static int grow_any(unsigned int order, unsigned long *grown)
{
	struct balloon_member *m = NULL, *asked = NULL;
	int result = -ENODEV, err = 0;

	*grown = 0;
	while (!*grown && (m = balloon_next(m))) {
		if (may_grow(m)) {
			result = worse(result, -EAGAIN);
			continue;
		}
		asked = m;
		balloon.busy = true;
		err = grow_towards(m, order, grown);
		end_growth();
		balloon_grew_beyond(m, *grown);
		result = worse(result, err);
	}
	/* One event, however many were asked: all at their ceilings, it is the same every time. */
	if (asked)
		balloon_trace(asked, BALLOON_SHORTAGE, *grown, err);
	return result;
}

int mm_oom(unsigned int order)
{
	unsigned long grown;
	int err;

	if (balloon_cancel())
		return 0;
	if (balloon.busy)
		return -EBUSY;
	err = grow_any(order, &grown);
	return grown ? 0 : err;
}
