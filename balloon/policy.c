/* SPDX-License-Identifier: MIT */
/* How much, and when. Pure: no state, no calls. */
#include <lib/addr.h>

#include "policy.h"

/* a - b, or 0. */
static unsigned long beyond(unsigned long a, unsigned long b)
{
	return a - MIN(a, b);
}

unsigned long policy_step(unsigned long request, unsigned long present, unsigned long room,
			  unsigned long unit)
{
	unsigned long step = MIN(present / 2, POLICY_STEP_MAX);

	room = ALIGN_DOWN(room, unit);
	/* Rounding up must not wrap: a request near the top is the room anyway. */
	if (step < request)
		step = MIN(request, room);
	step = ALIGN_UP(step, MAX(unit, BLOCK_FRAMES));
	return MIN(step, room);
}

static uint64_t doubled(uint64_t pause, uint64_t min, uint64_t max)
{
	return pause < min ? min : MIN(pause * 2, max);
}

uint64_t policy_backoff(uint64_t backoff)
{
	return doubled(backoff, POLICY_BACKOFF_MIN, POLICY_BACKOFF_MAX);
}

uint64_t policy_leak_backoff(uint64_t pause)
{
	return doubled(pause, POLICY_LOSS_MIN, POLICY_LOSS_MAX);
}

unsigned long policy_floor(unsigned long present, unsigned long free, unsigned long least)
{
	unsigned long used = beyond(present, free);

	return MAX(used + MAX(used / POLICY_HEADROOM_PART, POLICY_HEADROOM_MIN), least);
}

static struct policy_decision rest(uint64_t wait)
{
	return (struct policy_decision){.action = POLICY_REST, .wait = wait};
}

static struct policy_decision act(enum policy_action action, unsigned long frames)
{
	return (struct policy_decision){.action = action, .frames = frames};
}

/* What goes as a whole, where single frames may go, too. */
static unsigned long whole_unit(const struct policy_state *s)
{
	return MAX(s->unit, BLOCK_FRAMES);
}

static unsigned long step_max(const struct policy_state *s)
{
	return MAX(POLICY_STEP_MAX, s->unit);
}

/* A target between two units is reached at the lower. */
static bool is_reached(const struct policy_state *s)
{
	return s->present <= s->target && s->target - s->present < s->unit;
}

/* The ceiling may have moved: an attempt finds out, so that one at the ceiling is not refused. */
static struct policy_decision grow(const struct policy_state *s)
{
	unsigned long frames = MIN(s->target - s->present, step_max(s));
	unsigned long room = ALIGN_DOWN(beyond(s->ceiling, s->present), s->unit);

	if (room)
		frames = MIN(frames, room);
	return act(POLICY_GROW, ALIGN_DOWN(frames, s->unit));
}

/*
 * `want` should go, `may` of it now: what is free as a whole first; if that is not enough, caches
 * are asked; then single frames, where the backend has such. What the user's floor keeps is not in
 * `want`: no cache could help.
 */
static struct policy_decision decide_give(const struct policy_state *s, unsigned long want,
					  unsigned long may)
{
	unsigned long frames = MIN(want, may), unit = whole_unit(s);
	unsigned long whole = MIN(ALIGN_DOWN(frames, unit), s->whole * unit);

	if (whole)
		return act(POLICY_SHRINK, MIN(whole, step_max(s)));
	if ((frames < want || frames >= unit) && !s->reclaimed)
		return act(POLICY_RECLAIM, want);
	if (frames && s->unit == 1)
		return act(POLICY_SHRINK, MIN(frames, BLOCK_FRAMES));
	return rest(POLICY_NEVER);
}

/* Of what shortage brought in something may go: not before so many ns have passed. */
static uint64_t slow_due(const struct policy_state *s)
{
	uint64_t quiet = POLICY_QUIET - MIN(s->since_shortage, POLICY_QUIET);
	uint64_t pause = POLICY_SLOW - MIN(s->since_slow, POLICY_SLOW);

	return MAX(quiet, pause);
}

static struct policy_decision shrink(const struct policy_state *s)
{
	unsigned long beyond_target = s->present - s->target;
	unsigned long above = ALIGN_UP(beyond_target, s->unit);
	unsigned long extra = ALIGN_UP(MIN(s->over_target, beyond_target), s->unit);
	unsigned long may = beyond(s->present, policy_floor(s->present, s->free, s->user_floor));
	unsigned long most = ALIGN_DOWN(beyond(s->present, s->user_floor), s->unit);
	uint64_t due = slow_due(s);
	struct policy_decision d =
		decide_give(s, MIN(above - extra, beyond(most, extra)), beyond(may, extra));

	if (d.action == POLICY_REST && extra && !due) {
		unsigned long part = MAX(extra / POLICY_SLOW_PART, whole_unit(s));

		d = decide_give(s, MIN(MIN(extra, part), most), may);
		d.slow = true;
	}
	if (d.action != POLICY_REST)
		return d;
	d.stuck = above > extra || !due;
	d.wait = d.stuck ? policy_backoff(s->pause) : MIN(due, POLICY_S);
	return d;
}

struct policy_decision policy_decide(const struct policy_state *s)
{
	if (s->target == BALLOON_NO_TARGET || is_reached(s))
		return rest(POLICY_NEVER);
	if (s->since_try < s->pause)
		return rest(s->pause - s->since_try);
	return s->present < s->target ? grow(s) : shrink(s);
}

unsigned long policy_report(bool quiet, unsigned int looks)
{
	if (quiet)
		return POLICY_REPORT_MAX;
	return looks < POLICY_LOOKS_MAX ? 0 : POLICY_REPORT_NOISY;
}
