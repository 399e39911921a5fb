/* SPDX-License-Identifier: MIT */
/* balloon/policy.c: whatever the numbers, no decision passes target, floor or ceiling of a step. */
#include "balloon/policy.c"
#include "model.h"

#ifndef FRAMES_ORDER
#define FRAMES_ORDER 40 /* 4 PiB: no sum of two overflows */
#endif

/* Any count below 2^FRAMES_ORDER: of the upper bits the solver sees that they are 0. */
static unsigned long any_frames(void)
{
	return nondet_ulong() & ((1UL << FRAMES_ORDER) - 1);
}

/* 2 to 256 blocks: one of UNITS sizes. */
static unsigned long any_unit(void)
{
	unsigned int n;

	assume(n < UNITS);
	return BLOCK_FRAMES << (n + 1);
}

static struct policy_state any_state(unsigned long unit)
{
	struct policy_state s;

	s.unit = unit;
	s.present = any_frames();
	s.free = any_frames();
	s.whole = any_frames();
	assume(s.free <= s.present && s.whole * whole_unit(&s) <= s.free);
	assume(s.pause <= POLICY_BACKOFF_MAX);
	return s;
}

/* Memory goes only as far as all three let it: what is wanted, what is free, what is in use. */
static void prove_shrink(const struct policy_state *s, const struct policy_decision *d)
{
	unsigned long left = s->present - d->frames, above = s->present - s->target;

	prove(d->frames <= s->free && d->frames <= MAX(POLICY_STEP_MAX, s->unit),
	      "no more than is free, or a step");
	prove(left + s->unit > s->target, "not beyond the target by a unit");
	prove(left >= policy_floor(s->present, s->free, s->user_floor), "not below the floor");
	prove(s->unit == 1 || d->frames <= s->whole * s->unit, "of units, only free ones");
	prove(d->slow || d->frames <= ALIGN_UP(above, s->unit) -
					      ALIGN_UP(MIN(s->over_target, above), s->unit),
	      "what shortage brought in does not go at once");
	prove(!d->slow || (s->since_shortage >= POLICY_QUIET && s->since_slow >= POLICY_SLOW),
	      "nor before it is quiet, and but once a second");
}

static void decide(unsigned long unit)
{
	struct policy_state s = any_state(unit);
	struct policy_decision d = policy_decide(&s);

	prove((d.action == POLICY_REST) == (d.frames == 0), "an action is of something");
	prove((d.action == POLICY_REST) == (d.wait != 0), "it rests, or goes on at once");
	if (d.action == POLICY_GROW || d.action == POLICY_SHRINK)
		prove(IS_ALIGNED(d.frames, s.unit), "whole units");
	if ((s.present <= s.target && s.target - s.present < s.unit) ||
	    s.target == BALLOON_NO_TARGET)
		prove(d.wait == POLICY_NEVER, "at the target there is no deadline");
	else
		prove(d.wait <= POLICY_S, "else there is a look in a second");
	if (d.action == POLICY_GROW)
		prove(d.frames <= s.target - s.present && d.frames <= MAX(POLICY_STEP_MAX, s.unit),
		      "not beyond the target");
	if (d.action == POLICY_SHRINK)
		prove_shrink(&s, &d);
	if (d.action == POLICY_RECLAIM)
		prove(d.frames <= s.present && s.present - d.frames >= s.user_floor,
		      "caches are asked for nothing that the user's floor keeps");
	prove(s.since_try >= s.pause || d.action == POLICY_REST, "a pause is kept");
}

void proof_decide(void)
{
	decide(1);
}

void proof_decide_units(void)
{
	decide(any_unit());
}

void proof_step(void)
{
	unsigned long request, present, room = any_frames(), step;
	unsigned long unit = nondet_bool() ? 1 : any_unit();

	assume(request > 0);
	step = policy_step(request, present, room, unit);
	room = ALIGN_DOWN(room, unit);
	prove(step <= room, "no more than there is room for");
	prove(step >= MIN(request, room), "no less than is short, if there is room");
	prove(step == room || step % BLOCK_FRAMES == 0, "whole blocks");
	prove(IS_ALIGNED(step, unit), "whole units");
}
