/* SPDX-License-Identifier: MIT */
/* balloon/policy.c: whatever the numbers, no decision passes target, floor or ceiling of a step. */
#include "balloon/policy.c"
#include "model.h"

#define FRAMES_MAX (1UL << 40) /* 4 PiB: no sum of two overflows */

static struct policy_state any_state(void)
{
	struct policy_state s;

	assume(s.present <= FRAMES_MAX && s.free <= s.present);
	assume(s.whole <= s.free / BLOCK_FRAMES);
	assume(s.pause <= POLICY_BACKOFF_MAX);
	return s;
}

/* Memory goes only as far as all three let it: what is wanted, what is free, what is in use. */
static void prove_shrink(const struct policy_state *s, const struct policy_decision *d)
{
	unsigned long left = s->present - d->frames, above = s->present - s->target;

	prove(d->frames <= s->free && d->frames <= POLICY_STEP_MAX,
	      "no more than is free, or a step");
	prove(left >= s->target, "not beyond the target");
	prove(left >= policy_floor(s->present, s->free, s->least), "not below the floor");
	prove(d->slow || d->frames <= above - MIN(s->extra, above),
	      "what shortage brought in does not go at once");
	prove(!d->slow || (s->since_shortage >= POLICY_QUIET && s->since_slow >= POLICY_SLOW),
	      "nor before it is quiet, and but once a second");
}

void proof_decide(void)
{
	struct policy_state s = any_state();
	struct policy_decision d = policy_decide(&s);

	prove((d.action == POLICY_REST) == (d.frames == 0), "an action is of something");
	prove((d.action == POLICY_REST) == (d.wait != 0), "it rests, or goes on at once");
	if (s.present == s.target || s.target == BALLOON_NO_TARGET)
		prove(d.wait == POLICY_NEVER, "at the target there is no deadline");
	else
		prove(d.wait <= POLICY_S, "else there is a look in a second");
	if (d.action == POLICY_GROW)
		prove(d.frames <= s.target - s.present && d.frames <= POLICY_STEP_MAX,
		      "not beyond the target");
	if (d.action == POLICY_SHRINK)
		prove_shrink(&s, &d);
	prove(s.since_try >= s.pause || d.action == POLICY_REST, "a pause is kept");
}

void proof_step(void)
{
	unsigned long request, present, room, step;

	assume(request > 0 && room <= FRAMES_MAX);
	step = policy_step(request, present, room);
	prove(step <= room, "no more than there is room for");
	prove(step >= MIN(request, room), "no less than is short, if there is room");
	prove(step == room || step % BLOCK_FRAMES == 0, "whole blocks");
}
