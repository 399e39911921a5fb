/* SPDX-License-Identifier: MIT */
/* Giving back: step by step, each checked against what the host says we have afterwards. */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <mm/owner.h>
#include <mm/reserve.h>

#include "engine.h"
#include "policy.h"

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
static unsigned long count_gone(const struct balloon_member *m, const struct shrink_step *step,
				unsigned long known, const unsigned long *released)
{
	bool inside = step->order && m->backend->unit == 1;
	unsigned long more = inside ? rest_of_extent(step, known) : 0;

	if (released)
		more = MIN(more, *released - MIN(*released, known));
	if (more)
		m->backend->forget(pfn_add(step->extent[known >> step->order],
					   known & ((1UL << step->order) - 1)),
				   more);
	return known + more;
}

/* One step, as planned. *gone: frames that the host has now. */
static int run_step(struct balloon_member *m, struct shrink_step *step, unsigned long *gone)
{
	unsigned long before, after, known, released, lost;
	bool told;
	int err = m->backend->current(&before);

	*gone = 0;
	if (err) {
		shrink_finish(&kernel_mm, step, 0, &lost);
		return -EIO;
	}
	err = m->backend->shrink(step->extent, step->nr_extents, step->order, &known);
	told = !m->backend->current(&after);
	released = told ? before - MIN(before, after) : 0;
	*gone = count_gone(m, step, known, told ? &released : NULL);
	shrink_finish(&kernel_mm, step, *gone, &lost);
	if (lost)
		printk("balloon: %lu frames leaked: cannot map them again\n", lost);
	if (told)
		balloon_account(m, after);
	return err ? -EIO : 0;
}

static int release(struct balloon_member *m, struct shrink_step *step, unsigned long *gone)
{
	int err = shrink_unmap(&kernel_mm, step);

	*gone = 0;
	if (err)
		return err;
	err = run_step(m, step, gone);
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

void balloon_forget_refusals(struct balloon_member *m)
{
	m->refusals = 0;
	m->frames_pause = 0;
}

/* Single frames may go where blocks do not: that alone does not end the pause. */
static void note_taken(struct balloon_member *m)
{
	if (balloon.shrink.order || m->refusals < REFUSALS_TO_FRAMES)
		balloon_forget_refusals(m);
}

/* A step of blocks that is refused was scrubbed for nothing: each next one waits longer. */
static void note_refused(struct balloon_member *m)
{
	if (++m->refusals < REFUSALS_TO_FRAMES || !balloon.shrink.order)
		return;
	m->frames_pause = policy_loss_pause(m->frames_pause);
	m->blocks_at = clock_ns() + m->frames_pause;
}

static bool offers_blocks(const struct balloon_member *m)
{
	return m->refusals < REFUSALS_TO_FRAMES || clock_ns() >= m->blocks_at;
}

void balloon_begin_release(struct balloon_member *m, unsigned long frames)
{
	struct shrink_request want = {
		.frames = frames,
		.blocks = offers_blocks(m),
		.owner = balloon_owner(m),
		.granule = m->backend->unit,
	};

	shrink_begin(&kernel_mm, &balloon.shrink, &want);
}

int balloon_release(struct balloon_member *m, unsigned long *gone)
{
	int err = release(m, &balloon.shrink, gone);

	balloon.shrink.nr_extents = 0;
	m->stats.held += *gone;
	if (*gone) {
		balloon_ask_again(m);
		note_taken(m);
	} else if (err == -EAGAIN) {
		note_refused(m);
	}
	/* The tables of blocks that went are free memory now. */
	reserve_trim(&kernel_mm.pages, RESERVE_NORMAL);
	return err;
}

static int shrink_once(struct balloon_member *m, unsigned long frames, unsigned long *gone)
{
	balloon_begin_release(m, frames);
	shrink_collect(&kernel_mm, &balloon.shrink, frames, m->backend->needs_scrub);
	return balloon_release(m, gone);
}

/* As far as its host goes along; what went is added to *shrunk. */
static int shrink_by(struct balloon_member *m, unsigned long frames, unsigned long *shrunk)
{
	unsigned long left = ALIGN_DOWN(frames, m->backend->unit);
	int err = left ? 0 : -ENOSPC;

	mm_reserve_migrate(&kernel_mm);
	balloon_forget_refusals(m);
	while (!err && left) {
		unsigned long gone;

		err = shrink_once(m, left, &gone);
		left -= gone;
		*shrunk += gone;
		if (err == -EAGAIN && !gone && m->refusals < REFUSALS_MAX)
			err = 0;
	}
	return err;
}

int balloon_shrink(unsigned long frames, unsigned long *shrunk)
{
	return balloon_command(BALLOON_SHRANK, shrink_by, frames, shrunk);
}
