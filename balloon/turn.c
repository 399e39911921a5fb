/* SPDX-License-Identifier: MIT */
/*
 * Following the targets, a turn at a time: policy decides, the turn does one short piece of it. A
 * step that gives back collects its frames over several turns; others run in between, and may have
 * them back. Members have turns in the order of their places; while one collects, only that one.
 */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <mm/owner.h>
#include <mm/reclaim.h>

#include "engine.h"
#include "policy.h"

#define CHUNK_FRAMES 1024UL	    /* collected, and scrubbed, in a turn: 4 MiB */
#define SAY_EVERY    (1 * POLICY_S) /* that the floor is in the way, at most */

static void start_over(struct balloon_member *m)
{
	m->follow.extra = 0;
	m->follow.pause = 0;
	m->follow.ask_above = 0;
	m->follow.said = false;
	m->follow.reported = false;
	balloon_forget_refusals(m);
}

/* A new target is followed at once, whatever happened on the way to the last one. */
static void take_news(struct balloon_member *m)
{
	if (balloon_target_changed(m))
		start_over(m);
}

void balloon_grew_beyond(struct balloon_member *m, unsigned long grown)
{
	unsigned long target = balloon_own_target(m), present = balloon_own_present(m);

	take_news(m);
	if (!grown || present <= target)
		return;
	m->follow.extra = MIN(m->follow.extra + grown, present - target);
	m->follow.shortage_at = clock_ns();
	balloon_wake();
}

void balloon_extra_drop(void)
{
	struct balloon_member *m = NULL;

	while ((m = balloon_next(m))) {
		m->follow.extra = 0;
		m->follow.pause = 0;
	}
	balloon_wake();
}

/* The step under way is for at most `frames` now. */
static void cut(unsigned long frames)
{
	unsigned long before = balloon_collected(), kept;

	if (!balloon.collecting)
		return;
	shrink_cut(&kernel_mm, &balloon.shrink, frames);
	kept = before - balloon_collected();
	if (kept)
		balloon_trace(balloon.collecting, BALLOON_KEPT, kept, 0);
	if (!balloon.shrink.nr_wanted)
		balloon.collecting = NULL;
}

bool balloon_cancel(void)
{
	bool some = balloon_collected() > 0;

	cut(0);
	return some;
}

/* Of two results, how much one is to be preferred for being told. */
static unsigned int badness(int err)
{
	switch (err) {
	case 0:
		return 0;
	case -EAGAIN:
		return 1;
	case -ENOSPC:
		return 2;
	default:
		return 3;
	}
}

int balloon_turn_result(void)
{
	const struct balloon_member *m = NULL;
	int worst = 0;

	while ((m = balloon_next(m)))
		if (badness(m->follow.err) > badness(worst))
			worst = m->follow.err;
	return worst;
}

/* An attempt has ended. */
static void tried(struct balloon_member *m, unsigned long moved, int err)
{
	m->follow.err = err;
	m->follow.pause = moved ? 0 : policy_backoff(m->follow.pause);
	m->follow.tried_at = clock_ns();
}

static void grow(struct balloon_member *m, unsigned long frames)
{
	unsigned long grown;
	int err = balloon_grow_step(m, frames, &grown);

	tried(m, grown, err);
}

static void release(struct balloon_member *m, bool slow)
{
	unsigned long gone;
	int err;

	balloon.collecting = NULL;
	balloon.busy = true;
	err = balloon_release(m, &gone);
	balloon.busy = false;
	balloon_trace(m, BALLOON_SHRANK, gone, err);
	tried(m, gone, err);
	/* What went counts as still free. Nothing to take: what caches let go next may be ours. */
	m->follow.ask_above -= MIN(m->follow.ask_above, err == -ENOSPC ? ~0UL : gone);
	if (!slow)
		return;
	m->follow.extra -= MIN(m->follow.extra, gone);
	m->follow.slow_at = clock_ns();
}

/*
 * All of what is to go, however many steps that will take. True: it was reported, and others ran
 * meanwhile, so that it is time for another look.
 */
static bool report_all(struct balloon_member *m)
{
	unsigned long present = balloon_own_present(m);

	if (!m->backend->report || m->follow.reported)
		return false;
	m->follow.reported = true;
	balloon_report(DIV_ROUND_UP(present - MIN(present, balloon_own_target(m)), BLOCK_FRAMES));
	return true;
}

static void shrink(struct balloon_member *m, const struct policy_decision *d)
{
	if (!balloon.collecting) {
		if (report_all(m))
			return;
		m->follow.reported = false;
		balloon_begin_release(m, d->frames);
	}
	balloon.collecting = m;
	if (!shrink_collect(&kernel_mm, &balloon.shrink, MAX(CHUNK_FRAMES, m->backend->unit),
			    m->backend->needs_scrub))
		release(m, d->slow);
}

/*
 * Before they are asked again, half of what they let go must be free, or gone to the host, when the
 * next turn looks: a cache that is filled again meanwhile is no progress.
 */
static void ask_caches(struct balloon_member *m, unsigned long frames, unsigned long free)
{
	unsigned long freed;

	mm_reserve_migrate(&kernel_mm);
	freed = reclaim(frames);
	m->follow.ask_above = free + MAX(DIV_ROUND_UP(freed, 2), 1UL);
	balloon_trace(m, BALLOON_ASKED, freed, 0);
}

/* Once until the target is reached or moves, and at most once a second. */
static void say_stuck(struct balloon_member *m, const struct policy_state *s)
{
	char wanted[TEXT_SIZE_MAX], stays[TEXT_SIZE_MAX], least[TEXT_SIZE_MAX];
	struct balloon_follow *follow = &m->follow;
	uint64_t now = clock_ns();

	if (follow->said || (follow->said_at && now - follow->said_at < SAY_EVERY))
		return;
	follow->said = true;
	follow->said_at = now;
	text_size(stays, s->present);
	text_size(least, policy_floor(s->present, s->free, s->least));
	if (balloon_owner(m))
		printk("balloon: %s: cannot release %s, blocks in use: staying at %s (floor %s)\n",
		       m->backend->name, text_size(wanted, s->present - s->target), stays, least);
	else
		printk("balloon: target %s below floor %s, staying at %s\n",
		       text_size(wanted, s->target), least, stays);
}

/* What caches keep may change meanwhile: after a pause they are asked again. */
static void rest(struct balloon_member *m, const struct policy_state *s,
		 const struct policy_decision *d)
{
	if (d->stuck) {
		tried(m, 0, -ENOSPC);
		m->follow.ask_above = 0;
		say_stuck(m, s);
	} else if (d->wait == POLICY_NEVER) {
		m->follow.err = 0;
		m->follow.said = false;
	} else if (!m->follow.pause) {
		m->follow.err = -EAGAIN;
	}
}

static uint64_t turn(struct balloon_member *m)
{
	struct policy_state s;
	struct policy_decision d;

	take_news(m);
	balloon_observe(m, &s);
	if (s.present > s.target)
		s.whole = balloon_whole(m);
	d = policy_decide(&s);
	cut(d.action == POLICY_SHRINK ? d.frames : 0);
	switch (d.action) {
	case POLICY_GROW:
		grow(m, d.frames);
		break;
	case POLICY_SHRINK:
		shrink(m, &d);
		break;
	case POLICY_RECLAIM:
		ask_caches(m, d.frames, s.free);
		break;
	case POLICY_REST:
		rest(m, &s, &d);
		break;
	}
	return d.wait;
}

uint64_t balloon_turn(void)
{
	uint64_t wait = POLICY_NEVER;

	for (unsigned int i = 0; i < BALLOON_MEMBERS_MAX; i++) {
		struct balloon_member *m = &balloon.member[balloon.next];
		uint64_t its = m->backend ? turn(m) : POLICY_NEVER;

		if (!balloon.collecting)
			balloon.next = (balloon.next + 1) % BALLOON_MEMBERS_MAX;
		if (!its)
			return 0;
		wait = MIN(wait, its);
	}
	return wait;
}
