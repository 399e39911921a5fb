/* SPDX-License-Identifier: MIT */
/* Backends: how they register, what the guest has of each, what its host counts and allows. */
#include <lib/bug.h>
#include <lib/printk.h>
#include <mm/owner.h>

#include "registry.h"

struct balloon_engine balloon;

struct balloon_dev *balloon_next(const struct balloon_dev *dev)
{
	unsigned long i = dev ? balloon_owner(dev) + 1UL : 0;

	while (i < OWNERS_MAX && !balloon.dev[i].backend)
		i++;
	return i < OWNERS_MAX ? &balloon.dev[i] : NULL;
}

void balloon_account(struct balloon_dev *dev, unsigned long current)
{
	struct balloon_stats *stats = &dev->stats;
	long beyond = (long)(current - balloon_present(dev)) - stats->offset;
	unsigned long lost = (unsigned long)MAX(beyond, 0L);

	stats->host = current;
	if (lost > stats->lost)
		printk("balloon: %lu frames leaked: accounted to the guest but unusable\n",
		       lost - stats->lost);
	stats->lost = lost;
}

int balloon_read_current(struct balloon_dev *dev)
{
	unsigned long current;
	int err = dev->backend->current(dev->backend, &current);

	if (!err)
		balloon_account(dev, current);
	return err;
}

/* Frame numbers there can ever be for it: the direct map's room, or its region. */
static unsigned long max_frames(const struct balloon_dev *dev)
{
	struct mm_region region = mm_region(&kernel_mm, balloon_owner(dev));

	return (region.end - region.first) * BLOCK_FRAMES;
}

/* The direct map ends before the ceiling: one message for each ceiling. */
static void warn_clamped(struct balloon_dev *dev, unsigned long max)
{
	unsigned long ceiling = dev->stats.ceiling;

	if (ceiling == BALLOON_UNLIMITED || ceiling <= max || ceiling == dev->warned_ceiling)
		return;
	dev->warned_ceiling = ceiling;
	printk("balloon: ceiling of %lu frames exceeds the direct map: limited to %lu\n", ceiling,
	       max);
}

/* Of what the host answers the guest's own count: less what only the host counts. */
static int read_ceiling(struct balloon_dev *dev)
{
	struct balloon_stats *stats = &dev->stats;
	unsigned long host;
	int err = dev->backend->ceiling(dev->backend, &host);

	if (err)
		return err;
	if (host == CEILING_UNLIMITED)
		stats->ceiling = BALLOON_UNLIMITED;
	else
		stats->ceiling = (unsigned long)MAX((long)host - stats->offset, 0L);
	return 0;
}

int balloon_read_ceiling(struct balloon_dev *dev)
{
	int err = read_ceiling(dev);

	if (!err)
		warn_clamped(dev, max_frames(dev));
	return err;
}

unsigned long balloon_room(const struct balloon_dev *dev)
{
	unsigned long present = balloon_present(dev);
	unsigned long ceiling = dev->stats.ceiling;

	/* Frames that leaked lie in its region at unknown places: nothing may come there again. */
	if (balloon_owner(dev) && dev->stats.lost)
		return 0;
	ceiling -= MIN(ceiling, dev->stats.lost);
	ceiling = MIN(ceiling, max_frames(dev));
	return ceiling > present ? ALIGN_DOWN(ceiling - present, dev->backend->unit) : 0;
}

void balloon_count_grown(struct balloon_dev *dev, unsigned long frames)
{
	struct balloon_stats *stats = &dev->stats;

	stats->grown += frames;
	stats->held -= MIN(stats->held, frames);
	stats->steps += frames != 0;
	stats->refused += frames == 0;
}

void balloon_count_released(struct balloon_dev *dev, unsigned long frames)
{
	dev->stats.held += frames;
}

bool balloon_begin_step(void)
{
	bool free = !balloon.busy;

	balloon.busy = true;
	return free;
}

void balloon_end_step(void)
{
	balloon.busy = false;
}

/* What only a bug in a driver gets wrong. */
static void check(const struct balloon_backend *backend)
{
	unsigned long unit = backend->unit;

	if (!backend->region_frames) {
		assert(unit == 1);
		return;
	}
	assert(unit >= BLOCK_FRAMES && unit <= GROW_BLOCKS_MAX * BLOCK_FRAMES);
	assert(!(unit & (unit - 1)) &&
	       IS_ALIGNED(backend->region_first.v | backend->region_frames, unit));
}

static bool overlaps(const struct balloon_backend *a, const struct balloon_backend *b)
{
	return a->region_first.v < b->region_first.v + b->region_frames &&
	       b->region_first.v < a->region_first.v + a->region_frames;
}

/* The backend that brings what this one would, or NULL. */
static const struct balloon_dev *find_rival(const struct balloon_backend *backend)
{
	const struct balloon_dev *dev = NULL;

	while ((dev = balloon_next(dev)))
		if (backend->region_frames ? overlaps(backend, dev->backend) : !balloon_owner(dev))
			return dev;
	return NULL;
}

/* The first place is the base's; the others go to devices as they come. */
static struct balloon_dev *find_place(const struct balloon_backend *backend)
{
	if (!backend->region_frames)
		return &balloon.dev[OWNER_BASE];
	for (unsigned int i = OWNER_BASE + 1; i < OWNERS_MAX; i++)
		if (!balloon.dev[i].backend)
			return &balloon.dev[i];
	return NULL;
}

/* The target of the base is kept: another may come. */
static void leave(struct balloon_dev *dev)
{
	bool base = balloon_owner(dev) == OWNER_BASE;

	*dev = (struct balloon_dev){.target = base ? dev->target : (struct balloon_target){0}};
}

/* The difference between the host's count and what is present is the host's own. */
static int enter(struct balloon_dev *dev, const struct balloon_backend *backend)
{
	unsigned long current;
	int err = backend->current(backend, &current);

	if (err)
		return err;
	leave(dev);
	dev->backend = backend;
	dev->stats.backend = backend->name;
	dev->stats.host = current;
	dev->stats.offset = (long)(current - balloon_present(dev));
	err = read_ceiling(dev);
	if (err)
		leave(dev);
	return err;
}

/* Last: a region stays its owner's for good. */
static int add_region(struct balloon_dev *dev)
{
	const struct balloon_backend *backend = dev->backend;
	int err = 0;

	if (backend->region_frames)
		err = mm_region_add(&kernel_mm, balloon_owner(dev), backend->region_first,
				    backend->region_frames);
	if (!err) {
		warn_clamped(dev, max_frames(dev));
		return 0;
	}
	printk("balloon: %s disabled: no room for its region: %lu frames from frame %lx (%s)\n",
	       backend->name, backend->region_frames, backend->region_first.v,
	       strerror_kernel(err));
	leave(dev);
	return err;
}

int balloon_register(const struct balloon_backend *backend)
{
	const struct balloon_dev *rival;
	struct balloon_dev *dev;
	int err;

	check(backend);
	rival = find_rival(backend);
	if (rival) {
		printk("balloon: %s disabled: its memory overlaps that of %s\n", backend->name,
		       rival->backend->name);
		return -EBUSY;
	}
	dev = find_place(backend);
	if (!dev) {
		printk("balloon: %s disabled: more than %u backends with a region\n", backend->name,
		       OWNERS_MAX - 1);
		return -ENOSPC;
	}
	err = enter(dev, backend);
	if (!err)
		return add_region(dev);
	printk("balloon: %s disabled: cannot read the memory size (%s)\n", backend->name,
	       strerror_kernel(err));
	return err;
}
