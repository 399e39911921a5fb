/* SPDX-License-Identifier: MIT */
/* How a member stands: what policy decides by, and what others are told. */
#include <arch/cpu.h>
#include <mm/owner.h>

#include "engine.h"
#include "policy.h"

unsigned long balloon_collected(void)
{
	return balloon.collecting ? (unsigned long)balloon.shrink.nr_extents << balloon.shrink.order
				  : 0;
}

unsigned long balloon_whole(const struct balloon_member *m)
{
	unsigned long held = balloon.shrink.order ? balloon_collected() : 0;
	unsigned long unit = m->backend->unit;

	return mm_whole_granules(&kernel_mm, balloon_owner(m), unit, POLICY_UNITS_MAX) +
	       held / MAX(unit, BLOCK_FRAMES);
}

/* What others brought counts in: no number of ours is all ones, which says that there is none. */
static unsigned long with_others(unsigned long frames, unsigned long others)
{
	static_assert(BALLOON_NO_TARGET == -1UL && BALLOON_UNLIMITED == -1UL,
		      "what is no number stays none");

	if (frames == BALLOON_NO_TARGET)
		return frames;
	return frames + MIN(others, BALLOON_NO_TARGET - 1 - frames);
}

void balloon_observe(const struct balloon_member *m, struct policy_state *s)
{
	unsigned long others = pagedb_nr_present(&kernel_mm.db) - balloon_own_present(m);
	const struct balloon_follow *follow = &m->follow;
	uint64_t now = clock_ns();
	struct mm_stats have;

	mm_stats_get(&have);
	*s = (struct policy_state){
		.unit = m->backend ? m->backend->unit : 1,
		.present = have.present,
		.free = have.free + balloon_collected(),
		.target = with_others(balloon_own_target(m), others),
		.least = READ_ONCE(balloon.least),
		.ceiling = with_others(m->stats.ceiling, others),
		.extra = follow->extra,
		.since_shortage = now - follow->shortage_at,
		.since_slow = now - follow->slow_at,
		.since_try = now - follow->tried_at,
		.pause = follow->pause,
		.asked = have.free + balloon_collected() < follow->ask_above,
	};
}

void balloon_member_stats(const struct balloon_member *m, bool whole, struct balloon_stats *stats)
{
	struct policy_state s;

	balloon_observe(m, &s);
	*stats = m->stats;
	stats->present = whole ? s.present : balloon_own_present(m);
	stats->ceiling = whole ? s.ceiling : m->stats.ceiling;
	stats->target = whole ? s.target : balloon_own_target(m);
	stats->floor = policy_floor(s.present, s.free, s.least);
	stats->extra = s.extra;
}
