/* SPDX-License-Identifier: MIT */
/* What we have, what the host says we have, and what it allows. */
#include <kernel/printk.h>
#include "engine.h"

struct balloon_engine balloon;

void balloon_account(unsigned long current)
{
	struct mm_stats have;
	unsigned long lost;

	mm_stats_get(&have);
	balloon.stats.host = current;
	lost = (unsigned long)MAX((long)(current - have.present) - balloon.stats.offset, 0L);
	if (lost > balloon.stats.lost)
		printk("balloon: %lu frames are lost: the host counts them as ours\n",
		       lost - balloon.stats.lost);
	balloon.stats.lost = lost;
}

int balloon_read_current(void)
{
	unsigned long current;
	int err = balloon.backend->current(&current);

	if (!err)
		balloon_account(current);
	return err;
}

/* The direct map ends before the ceiling: once said for each ceiling. */
static void say_clamped(unsigned long ceiling, unsigned long max)
{
	static unsigned long said;

	if (ceiling == BALLOON_UNLIMITED || ceiling <= max || ceiling == said)
		return;
	said = ceiling;
	printk("balloon: the host allows %lu frames, and the direct map holds %lu: no more than "
	       "these\n",
	       ceiling, max);
}

/* In our count, so less what only the host counts. */
int balloon_read_ceiling(void)
{
	struct mm_stats have;
	unsigned long host;
	int err = balloon.backend->ceiling(&host);

	mm_stats_get(&have);
	balloon.stats.present = have.present;
	if (err)
		return err;
	if (host == CEILING_UNLIMITED)
		balloon.stats.ceiling = BALLOON_UNLIMITED;
	else
		balloon.stats.ceiling = (unsigned long)MAX((long)host - balloon.stats.offset, 0L);
	say_clamped(balloon.stats.ceiling, have.max);
	return 0;
}

unsigned long balloon_room(void)
{
	struct mm_stats have;
	unsigned long ceiling;

	mm_stats_get(&have);
	ceiling = balloon.stats.ceiling;
	ceiling -= MIN(ceiling, balloon.stats.lost);
	ceiling = MIN(ceiling, have.max);
	return ceiling > have.present ? ceiling - have.present : 0;
}

int balloon_register(const struct balloon_backend *backend)
{
	struct mm_stats have;
	unsigned long current;
	int err = backend->current(&current);

	if (err) {
		printk("balloon: %s does not say what we have (%s); memory stays as it is\n",
		       backend->name, strerror_kernel(err));
		return err;
	}
	mm_stats_get(&have);
	balloon.backend = backend;
	balloon.careful = false;
	balloon_ask_again();
	balloon.stats = (struct balloon_stats){
		.backend = backend->name,
		.present = have.present,
		.host = current,
		.offset = (long)(current - have.present),
	};
	balloon_follow_anew();
	return balloon_refresh();
}

int balloon_refresh(void)
{
	int err;

	if (!balloon.backend)
		return -ENODEV;
	err = balloon_read_current();
	return err ? err : balloon_read_ceiling();
}

int balloon_resume(void)
{
	balloon_ask_again();
	return balloon_refresh();
}

void balloon_stats_get(struct balloon_stats *stats)
{
	struct mm_stats have;

	mm_stats_get(&have);
	*stats = balloon.stats;
	stats->present = have.present;
	balloon_target_stats(stats);
	if (!balloon.backend)
		stats->ceiling = BALLOON_UNLIMITED;
}
