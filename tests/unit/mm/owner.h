/* SPDX-License-Identifier: MIT */
/* A machine with the regions of two devices, and what comes and goes in them. */
#ifndef TESTS_UNIT_OWNER_H
#define TESTS_UNIT_OWNER_H

#include <lib/errno.h>
#include <mm/grow.h>
#include <mm/owner.h>
#include <mm/shrink.h>

#include "tests/unit/memory.h"

#define RAM_BLOCKS 16UL
#define GROWABLE   20UL /* the first of so many blocks that anybody may populate: */
#define NR_GROW	   8UL
#define OWN	   64UL /* the first of a device's region, and of another's */
#define OTHER	   128UL
#define NR_OWN	   32UL

enum { DEVICE = 1, ANOTHER }; /* their owners */

static struct grow_step own_grow;
static struct shrink_step own_shrink;

static bool own_without_tables;
static bool own_scrub = true; /* what is collected: each page of it is a page fault */

static const struct boot_range own_machine[] = {
	{{0}, RAM_BLOCKS *BLOCK_FRAMES, BOOT_RAM},
	{{GROWABLE * BLOCK_FRAMES}, NR_GROW *BLOCK_FRAMES, BOOT_GROWABLE},
};

/* No device has a region yet. */
static inline int own_start_none(void **state)
{
	(void)state;
	memory_nr_taken = 0;
	reserve_stash()->nr = 0;
	kernel_mm = (struct mm){0};
	linux_boot(own_machine, ARRAY_SIZE(own_machine));
	linux_use_tables(!own_without_tables);
	return mm_init(&boot_info);
}

static inline int own_add(unsigned int owner, unsigned long block, unsigned long nr)
{
	return mm_region_add(&kernel_mm, owner, block_pfn(block), nr * BLOCK_FRAMES);
}

static inline int own_start(void **state)
{
	int err = own_start_none(state);

	if (!err)
		err = own_add(DEVICE, OWN, NR_OWN);
	return err ? err : own_add(ANOTHER, OTHER, NR_OWN);
}

static inline void own_check(void)
{
	const char *wrong = page_alloc_check(&kernel_mm.pages);

	if (wrong)
		fail_msg("%s", wrong);
}

/* Frames that are present of all devices. */
static inline unsigned long own_present(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.devices;
}

static inline bool own_is_device(unsigned long block)
{
	return block_owner(&kernel_mm.db.block[block]) != OWNER_BASE;
}

/* Plans for so many blocks of an owner's. */
static inline int own_plan(unsigned int owner, unsigned long blocks, unsigned long unit)
{
	struct grow_request want = {
		.frames = blocks * BLOCK_FRAMES,
		.order = BLOCK_ORDER,
		.blocks = true,
		.owner = owner,
		.granule = owner ? unit * BLOCK_FRAMES : 1,
	};

	return grow_plan(&kernel_mm, &own_grow, &want);
}

/* Has blocks come, as many as go into one step; how many. */
static inline unsigned long own_come(unsigned int owner, unsigned long blocks, unsigned long unit)
{
	if (own_plan(owner, blocks, unit))
		return 0;
	assert_int_equal(grow_commit(&kernel_mm, &own_grow, own_grow.nr_extents), 0);
	return own_grow.nr_extents;
}

/* Takes at most so many blocks of an owner out of the allocator; how many. */
static inline unsigned long own_collect(unsigned int owner, unsigned long blocks,
					unsigned long unit)
{
	struct shrink_request want = {
		.frames = blocks * BLOCK_FRAMES,
		.blocks = true,
		.owner = owner,
		.granule = owner ? unit * BLOCK_FRAMES : 1,
	};

	shrink_begin(&kernel_mm, &own_shrink, &want);
	while (shrink_collect(&kernel_mm, &own_shrink, 3 * BLOCK_FRAMES, own_scrub))
		;
	return own_shrink.order ? own_shrink.nr_extents : 0;
}

/* Has them go, and the host take the first `gone` of them. */
static inline void own_go(unsigned long gone)
{
	unsigned long lost;
	int err = shrink_unmap(&kernel_mm, &own_shrink);

	if (err == -ENOSPC && !gone)
		return;
	assert_int_equal(err, 0);
	shrink_finish(&kernel_mm, &own_shrink, gone << own_shrink.order, &lost);
	assert_int_equal(lost, 0);
	own_shrink.nr_extents = 0;
}

#endif
