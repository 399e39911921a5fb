/* SPDX-License-Identifier: MIT */
/* Who brings memory, what we have, what the host says we have, and what it allows. */
#include <lib/printk.h>

#include "engine.h"

struct balloon_engine balloon;

struct balloon_member *balloon_next(const struct balloon_member *m)
{
	unsigned long i = m ? (unsigned long)(m - balloon.member) + 1 : 0;

	while (i < BALLOON_MEMBERS_MAX && !balloon.member[i].backend)
		i++;
	return i < BALLOON_MEMBERS_MAX ? &balloon.member[i] : NULL;
}

void balloon_account(struct balloon_member *m, unsigned long current)
{
	struct balloon_stats *stats = &m->stats;
	long beyond = (long)(current - balloon_own_present(m)) - stats->offset;
	unsigned long lost = (unsigned long)MAX(beyond, 0L);

	stats->host = current;
	if (lost > stats->lost)
		printk("balloon: %lu frames leaked: accounted to the guest but unusable\n",
		       lost - stats->lost);
	stats->lost = lost;
}

int balloon_read_current(struct balloon_member *m)
{
	unsigned long current;
	int err = m->backend->current(&current);

	if (!err)
		balloon_account(m, current);
	return err;
}

/* Frame numbers there can ever be for it: the direct map's room, or its range. */
static unsigned long max_frames(const struct balloon_member *m)
{
	struct mm_stats have;

	if (balloon_owner(m))
		return m->backend->region_frames;
	mm_stats_get(&have);
	return have.max;
}

/* The direct map ends before the ceiling: once said for each ceiling. */
static void say_clamped(struct balloon_member *m, unsigned long max)
{
	unsigned long ceiling = m->stats.ceiling;

	if (ceiling == BALLOON_UNLIMITED || ceiling <= max || ceiling == m->said_ceiling)
		return;
	m->said_ceiling = ceiling;
	printk("balloon: ceiling of %lu frames exceeds the direct map: limited to %lu\n", ceiling,
	       max);
}

/* In our count, so less what only the host counts. */
int balloon_read_ceiling(struct balloon_member *m)
{
	struct balloon_stats *stats = &m->stats;
	unsigned long host;
	int err = m->backend->ceiling(&host);

	if (err)
		return err;
	if (host == CEILING_UNLIMITED)
		stats->ceiling = BALLOON_UNLIMITED;
	else
		stats->ceiling = (unsigned long)MAX((long)host - stats->offset, 0L);
	say_clamped(m, max_frames(m));
	return 0;
}

unsigned long balloon_room(const struct balloon_member *m)
{
	unsigned long present = balloon_own_present(m);
	unsigned long ceiling = m->stats.ceiling;

	/* Lost frames lie in its range, and nobody knows where: nothing may come there again. */
	if (balloon_owner(m) && m->stats.lost)
		return 0;
	ceiling -= MIN(ceiling, m->stats.lost);
	ceiling = MIN(ceiling, max_frames(m));
	return ceiling > present ? ALIGN_DOWN(ceiling - present, m->backend->unit) : 0;
}

void balloon_ask_again(struct balloon_member *m)
{
	m->backoff = 0;
	m->loss_pause = 0;
	m->retry_at = 0;
}

static int refresh(struct balloon_member *m)
{
	int err = balloon_read_current(m);

	return err ? err : balloon_read_ceiling(m);
}

int balloon_refresh(void)
{
	struct balloon_member *m = balloon_next(NULL);
	int result = m ? 0 : -ENODEV;

	for (; m; m = balloon_next(m)) {
		int err = refresh(m);

		result = result ? result : err;
	}
	return result;
}

int balloon_resume(void)
{
	struct balloon_member *m = NULL;

	while ((m = balloon_next(m)))
		balloon_ask_again(m);
	return balloon_refresh();
}

int balloon_command(enum balloon_event_kind what,
		    int (*move)(struct balloon_member *m, unsigned long frames,
				unsigned long *moved),
		    unsigned long frames, unsigned long *moved)
{
	struct balloon_member *m = balloon_next(NULL);
	int result;

	*moved = 0;
	if (!m)
		return -ENODEV;
	if (balloon.busy)
		return -EBUSY;
	balloon_cancel();
	balloon.busy = true;
	result = move(m, frames, moved);
	while (*moved < frames && (m = balloon_next(m)))
		(void)move(m, frames - *moved, moved);
	balloon.busy = false;
	balloon_trace(NULL, what, *moved, *moved < frames ? result : 0);
	return *moved ? 0 : result;
}

void balloon_stats_get(struct balloon_stats *stats)
{
	const struct balloon_member *base = &balloon.member[0];

	balloon_member_stats(base, true, stats);
	stats->others = pagedb_nr_present(&kernel_mm.db) - balloon_own_present(base);
	if (!base->backend)
		stats->ceiling = BALLOON_UNLIMITED;
}

bool balloon_backend_stats_get(unsigned int nth, struct balloon_stats *stats)
{
	const struct balloon_member *m = balloon_next(NULL);

	while (m && nth--)
		m = balloon_next(m);
	if (m)
		balloon_member_stats(m, false, stats);
	return m;
}
