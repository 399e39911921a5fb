/* SPDX-License-Identifier: MIT */
/* How a backend joins the others. Which of them there are is up to the host, so that is checked. */
#include <lib/bug.h>
#include <lib/printk.h>
#include <mm/owner.h>

#include "engine.h"

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

/* Who brings what this one would, or NULL. */
static const struct balloon_member *find_rival(const struct balloon_backend *backend)
{
	const struct balloon_member *member = NULL;

	while ((member = balloon_next(member)))
		if (backend->region_frames ? overlaps(backend, member->backend)
					   : !balloon_owner(member))
			return member;
	return NULL;
}

/* The first is the base's; the others go to whoever comes. */
static struct balloon_member *find_place(const struct balloon_backend *backend)
{
	if (!backend->region_frames)
		return &balloon.member[0];
	for (unsigned int i = 1; i < BALLOON_MEMBERS_MAX; i++)
		if (!balloon.member[i].backend)
			return &balloon.member[i];
	return NULL;
}

/* Nobody's place again. What is wanted of the base is kept: another may come. */
static void leave(struct balloon_member *m)
{
	*m = (struct balloon_member){.wanted = m->wanted};
}

/* What it says we have now is what we have: the difference is the host's own. */
static int ask(struct balloon_member *m, const struct balloon_backend *backend)
{
	unsigned long current;
	int err = backend->current(&current);

	if (err)
		return err;
	*m = (struct balloon_member){.backend = backend, .wanted = m->wanted};
	m->stats.backend = backend->name;
	m->stats.host = current;
	m->stats.offset = (long)(current - balloon_own_present(m));
	err = balloon_read_ceiling(m);
	if (err)
		leave(m);
	return err;
}

/* Last: a region stays its owner's for good. */
static int add_region(struct balloon_member *m)
{
	const struct balloon_backend *backend = m->backend;
	int err;

	if (!backend->region_frames)
		return 0;
	err = mm_region_add(&kernel_mm, balloon_owner(m), backend->region_first,
			    backend->region_frames);
	if (!err)
		return 0;
	printk("balloon: %s disabled: no room for its region: %lu frames from frame %lx (%s)\n",
	       backend->name, backend->region_frames, backend->region_first.v,
	       strerror_kernel(err));
	leave(m);
	return err;
}

int balloon_register(const struct balloon_backend *backend)
{
	const struct balloon_member *rival;
	struct balloon_member *m;
	int err;

	check(backend);
	rival = find_rival(backend);
	if (rival) {
		printk("balloon: %s disabled: its memory overlaps that of %s\n", backend->name,
		       rival->backend->name);
		return -EBUSY;
	}
	m = find_place(backend);
	if (!m) {
		printk("balloon: %s disabled: more than %u backends with a region\n", backend->name,
		       BALLOON_MEMBERS_MAX - 1);
		return -ENOSPC;
	}
	err = ask(m, backend);
	if (!err)
		return add_region(m);
	printk("balloon: %s disabled: cannot read the memory size (%s)\n", backend->name,
	       strerror_kernel(err));
	return err;
}
