/* SPDX-License-Identifier: MIT */
/*
 * Following the target, a turn at a time: policy decides, the turn does one short piece of it. A
 * step that gives back collects its frames over several turns; others run in between, and may have
 * them back.
 */
#include <arch/cpu.h>
#include <kernel/printk.h>
#include <mm/reclaim.h>
#include "engine.h"
#include "policy.h"

#define CHUNK_FRAMES 1024UL	    /* collected, and scrubbed, in a turn: 4 MiB */
#define SAY_EVERY    (1 * POLICY_S) /* that the floor is in the way, at most */

static struct {
	bool collecting, reported;
	unsigned long extra;
	uint64_t shortage_at, slow_at, tried_at, pause;
	bool asked;
	int err;
	bool said; /* that this target is below the floor */
	uint64_t said_at;
} follow;

static void start_over(void)
{
	follow.extra = 0;
	follow.pause = 0;
	follow.asked = false;
	follow.said = false;
	balloon.refusals = 0;
}

/* A new target is followed at once, whatever happened on the way to the last one. */
static void take_news(void)
{
	if (balloon_target_changed())
		start_over();
}

void balloon_follow_anew(void)
{
	follow.collecting = false;
	start_over();
}

void balloon_grew_beyond(unsigned long grown)
{
	unsigned long target = balloon_own_target(), present = kernel_mm.db.nr_present;

	take_news();
	if (!grown || present <= target)
		return;
	follow.extra = MIN(follow.extra + grown, present - target);
	follow.shortage_at = clock_ns();
	balloon_wake();
}

static unsigned long collected(void)
{
	return follow.collecting ? (unsigned long)balloon.shrink.nr_extents << balloon.shrink.order
				 : 0;
}

/* The step under way is for at most `frames` now. */
static void cut(unsigned long frames)
{
	unsigned long before = collected(), kept;

	if (!follow.collecting)
		return;
	shrink_cut(&kernel_mm, &balloon.shrink, frames);
	follow.collecting = balloon.shrink.nr_wanted > 0;
	kept = before - collected();
	if (kept)
		balloon_trace(BALLOON_KEPT, kept, 0);
}

bool balloon_cancel(void)
{
	bool some = collected() > 0;

	cut(0);
	return some;
}

static void observe(struct policy_state *s)
{
	unsigned long held = collected(), blocks = balloon.shrink.order ? held / BLOCK_FRAMES : 0;
	uint64_t now = clock_ns();
	struct mm_stats have;

	mm_stats_get(&have);
	*s = (struct policy_state){
		.present = have.present,
		.free = have.free + held,
		.whole = have.whole_blocks + blocks,
		.target = balloon_own_target(),
		.least = balloon_least(),
		.ceiling = balloon.stats.ceiling,
		.extra = follow.extra,
		.since_shortage = now - follow.shortage_at,
		.since_slow = now - follow.slow_at,
		.since_try = now - follow.tried_at,
		.pause = follow.pause,
		.asked = follow.asked,
	};
}

void balloon_target_stats(struct balloon_stats *stats)
{
	struct policy_state s;

	observe(&s);
	stats->target = s.target;
	stats->floor = policy_floor(s.present, s.free, s.least);
	stats->extra = s.extra;
}

int balloon_turn_result(void)
{
	return follow.err;
}

/* An attempt has ended. */
static void tried(unsigned long moved, int err)
{
	follow.err = err;
	follow.pause = moved ? 0 : policy_backoff(follow.pause);
	follow.tried_at = clock_ns();
}

static void grow(unsigned long frames)
{
	unsigned long grown;
	int err = balloon_grow_step(frames, &grown);

	tried(grown, err);
}

static void release(bool slow)
{
	unsigned long gone;
	int err;

	follow.collecting = false;
	balloon.busy = true;
	err = balloon_release(&gone);
	balloon.busy = false;
	balloon_trace(BALLOON_SHRANK, gone, err);
	tried(gone, err);
	if (!slow)
		return;
	follow.extra -= MIN(follow.extra, gone);
	follow.slow_at = clock_ns();
}

/*
 * All of what is to go, however many steps that will take. True: it was reported, and others ran
 * meanwhile, so that it is time for another look.
 */
static bool report_all(void)
{
	unsigned long present = kernel_mm.db.nr_present;

	if (!balloon.backend->report || follow.reported)
		return false;
	follow.reported = true;
	balloon_report(DIV_ROUND_UP(present - MIN(present, balloon_own_target()), BLOCK_FRAMES));
	return true;
}

static void shrink(const struct policy_decision *d)
{
	if (!follow.collecting) {
		if (report_all())
			return;
		follow.reported = false;
		balloon_begin_release(d->frames);
	}
	follow.collecting = true;
	if (!shrink_collect(&kernel_mm, &balloon.shrink, CHUNK_FRAMES,
			    balloon.backend->needs_scrub))
		release(d->slow);
}

static void ask_caches(unsigned long frames)
{
	unsigned long freed = reclaim(frames);

	follow.asked = !freed;
	balloon_trace(BALLOON_ASKED, freed, 0);
}

/* Once for each target, and not for each of a hundred that come in a second. */
static void say_floor(const struct policy_state *s)
{
	uint64_t now = clock_ns();

	if (follow.said || (follow.said_at && now - follow.said_at < SAY_EVERY))
		return;
	follow.said = true;
	follow.said_at = now;
	printk("balloon: %lu frames are wanted of us; we stay at %lu: the floor is %lu\n",
	       s->target, s->present, policy_floor(s->present, s->free, s->least));
}

/* What caches keep may change meanwhile: after a pause they are asked again. */
static void rest(const struct policy_state *s, const struct policy_decision *d)
{
	if (d->stuck) {
		tried(0, -ENOSPC);
		follow.asked = false;
		say_floor(s);
	} else if (d->wait == POLICY_NEVER) {
		follow.err = 0;
	} else if (!follow.pause) {
		follow.err = -EAGAIN;
	}
}

uint64_t balloon_turn(void)
{
	struct policy_state s;
	struct policy_decision d;

	take_news();
	observe(&s);
	d = policy_decide(&s);
	cut(d.action == POLICY_SHRINK ? d.frames : 0);
	switch (d.action) {
	case POLICY_GROW:
		grow(d.frames);
		break;
	case POLICY_SHRINK:
		shrink(&d);
		break;
	case POLICY_RECLAIM:
		ask_caches(d.frames);
		break;
	case POLICY_REST:
		rest(&s, &d);
		break;
	}
	return d.wait;
}
