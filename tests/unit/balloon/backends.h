/* SPDX-License-Identifier: MIT */
/*
 * A guest of three backends, each with a host of its own that knows every frame it lent: who takes
 * another's frame, or brings one that is there, fails the test.
 */
#ifndef TESTS_UNIT_BACKENDS_H
#define TESTS_UNIT_BACKENDS_H

#include <arch/cpu.h>
#include <arch/mmu.h>
#include <asm/linux.h>
#include <lib/errno.h>
#include <mm/owner.h>
#include <mm/page.h>
#include <mm/reserve.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "balloon/control.h"
#include "balloon/policy.h"
#include "tests/unit/random.h"
#include "tests/unit/said.h"
#include "turns.h"

#define BLOCKS(n)  ((n)*BLOCK_FRAMES)
#define RAM	   BLOCKS(32UL) /* what the base has at the start, */
#define BASE_MAX   BLOCKS(64UL) /* and can have at most */
#define OWN_FRAMES BLOCKS(48UL) /* of each range */
#define UNIT	   BLOCKS(4UL)	/* of WIDE's */
#define ONLY_HOSTS 7UL		/* frames that the base's host alone counts */
#define NR_FRAMES  BLOCKS(192UL)

enum { BASE, BLOCKWISE, WIDE, NR_HOSTS };

static struct host {
	pfn_t first; /* of what it may populate */
	unsigned long nr_frames, unit;
	unsigned long count, ceiling; /* its own count */
	int err, silence, no_ceiling; /* of grow and shrink; of the others */
	unsigned long budget;	      /* so many frames it gives, or takes, and no more */
	unsigned long calls;	      /* of grow and shrink */
	bool mute;		      /* silent from its next shrink on */
	bool no_blocks;		      /* it takes single frames alone */
	void (*meanwhile)(void);      /* called in grow and shrink */
	unsigned long blocks_offered; /* steps of blocks that were to go */
} host[NR_HOSTS];

static uint8_t owner[NR_FRAMES]; /* 0: nobody; who lent it, from 1 on */

/* All of one extent, or of the unit that begins with it; from nobody to `who`, or back. */
static void move(int who, const pfn_t *extent, unsigned int nr, unsigned int order, bool comes)
{
	for (unsigned long i = 0; i < (unsigned long)nr << order; i++) {
		unsigned long frame = extent[i >> order].v + (i & ((1UL << order) - 1));

		if (frame - host[who].first.v >= host[who].nr_frames)
			fail_msg("frame %lx is not in host %d's range", frame, who);
		if (owner[frame] != (comes ? 0 : who + 1))
			fail_msg("frame %lx of %u moves at host %d", frame, owner[frame], who);
		owner[frame] = comes ? (uint8_t)(who + 1) : 0;
	}
}

/* How many extents of so many it goes along with: whole units. */
static unsigned int allowed(int who, unsigned int nr, unsigned int order, unsigned long room)
{
	unsigned long frames = MIN((unsigned long)nr << order, MIN(room, host[who].budget));

	if (((unsigned long)nr << order) % host[who].unit || (host[who].unit > 1 && order != 9))
		fail_msg("%u extents of order %u are no units of host %d", nr, order, who);
	frames -= frames % MAX(host[who].unit, 1UL << order);
	host[who].budget -= frames;
	return (unsigned int)(frames >> order);
}

static int who_is(const struct balloon_backend *self);

static int host_grow(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		     unsigned int order, unsigned int *done)
{
	int who = who_is(self);
	struct host *h = &host[who];

	h->calls++;
	if (h->meanwhile)
		h->meanwhile();
	*done = h->err ? 0 : allowed(who, nr, order, h->ceiling - MIN(h->ceiling, h->count));
	move(who, extent, *done, order, true);
	h->count += (unsigned long)*done << order;
	return h->err;
}

static int host_shrink(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		       unsigned int order, unsigned long *frames)
{
	int who = who_is(self);
	struct host *h = &host[who];
	bool takes = !h->err && !(order && h->no_blocks);
	unsigned int done = takes ? allowed(who, nr, order, ~0UL) : 0;

	h->calls++;
	if (h->meanwhile)
		h->meanwhile();
	h->blocks_offered += order > 0;
	move(who, extent, done, order, false);
	*frames = (unsigned long)done << order;
	h->count -= *frames;
	if (h->mute)
		h->silence = -EIO;
	return h->err;
}

static int host_current(const struct balloon_backend *self, unsigned long *frames)
{
	*frames = host[who_is(self)].count;
	return host[who_is(self)].silence;
}

static int host_ceiling(const struct balloon_backend *self, unsigned long *frames)
{
	*frames = host[who_is(self)].ceiling;
	return host[who_is(self)].no_ceiling;
}

#define BACKEND(text, its_unit, place, frames)                                                    \
	{                                                                                         \
		.name = text, .unit = its_unit, .region_first = {place}, .region_frames = frames, \
		.ceiling = host_ceiling, .current = host_current, .grow = host_grow,              \
		.shrink = host_shrink,                                                            \
	}

static struct balloon_backend backend[NR_HOSTS] = {
	BACKEND("base", 1, 0, 0),
	BACKEND("blockwise", BLOCK_FRAMES, BLOCKS(80UL), OWN_FRAMES),
	BACKEND("wide", UNIT, BLOCKS(136UL), OWN_FRAMES),
};

static int who_is(const struct balloon_backend *self)
{
	int who = 0;

	while (backend[who].name != self->name) /* it may be a copy */
		who++;
	return who;
}

static void *held[NR_FRAMES];
static unsigned long nr_held;

/* Whether what goes is scrubbed; at first it is not: each page of it would be a page fault. */
static inline void scrub(int who, bool scrubs)
{
	backend[who].needs_scrub = scrubs;
}

/* A machine whose memory stays as it is: no backend is there yet. */
static inline int start_alone(void **state)
{
	static const struct boot_range machine[] = {
		{{0}, RAM, BOOT_RAM},
		{{RAM}, BASE_MAX - RAM, BOOT_GROWABLE},
	};

	(void)state;
	said_start();
	reserve_stash()->nr = 0;
	kernel_mm = (struct mm){0};
	balloon = (struct balloon_engine){0};
	linux_boot(machine, ARRAY_SIZE(machine));
	linux_stop_clock(0);
	nr_held = 0;
	memset(owner, 0, sizeof(owner));
	memset(owner, BASE + 1, RAM);
	for (int i = BASE; i < NR_HOSTS; i++)
		host[i] = (struct host){.first = backend[i].region_first,
					.nr_frames = i ? OWN_FRAMES : BASE_MAX,
					.unit = backend[i].unit,
					.ceiling = i ? OWN_FRAMES : BASE_MAX + ONLY_HOSTS,
					.budget = ~0UL};
	host[BASE].count = RAM + ONLY_HOSTS;
	for (int i = BASE; i < NR_HOSTS; i++)
		scrub(i, false);
	return mm_init(&boot_info);
}

/* The owner of what this host lends: the place of its backend. */
static inline unsigned int owner_of(int who)
{
	unsigned int place = 0;

	while (balloon.dev[place].backend != &backend[who])
		place++;
	return place;
}

/* All three, in an order that is not theirs. */
static inline int start(void **state)
{
	int err = start_alone(state);

	if (!err)
		err = balloon_register(&backend[WIDE]);
	if (!err)
		err = balloon_register(&backend[BASE]);
	return err ? err : balloon_register(&backend[BLOCKWISE]);
}

static inline unsigned long present(void)
{
	return pagedb_nr_present(&kernel_mm.db);
}

/* What the nth of the list brought, as the engine has it. */
static inline struct balloon_stats stats(int nth)
{
	struct balloon_stats stats;

	assert_true(balloon_backend_stats_get((unsigned int)nth, &stats));
	return stats;
}

/* As all three agree: each host's count is what came of it, and all memory is of one of them. */
static inline void check(void)
{
	static const int place[NR_HOSTS] = {BASE, WIDE, BLOCKWISE}; /* as start() registers them */
	unsigned long all = 0;

	for (int i = 0; i < NR_HOSTS; i++) {
		const struct host *h = &host[place[i]];

		assert_string_equal(stats(i).backend, backend[place[i]].name);
		assert_int_equal(stats(i).present + (i ? 0 : ONLY_HOSTS), h->count);
		all += stats(i).present;
	}
	assert_int_equal(all, present());
	assert_null(page_alloc_check(&kernel_mm.pages));
}

/* What one of them is to have, in frames of its own. */
static inline void want(int who, unsigned long frames)
{
	if (who == BASE)
		balloon_target_set(frames + ONLY_HOSTS);
	else
		balloon_backend_target_set(&backend[who], frames);
}

/* So much time goes by; the thread sleeps as long as it is told to. */
static inline void work_for(uint64_t ns)
{
	uint64_t end = clock_ns() + ns;

	while (clock_ns() < end)
		linux_stop_clock(clock_ns() + MIN(work(), end - clock_ns()));
	work();
}

/* What is handed out was lent by one of them, and is mapped: a look that costs no page fault. */
static inline void assert_is_ours(const void *va)
{
	enum mmu_prot prot;
	pfn_t pfn;

	if (!mmu_query(va, &pfn, &prot) || !pfn_eq(pfn, virt_to_pfn(va)) || prot != MMU_RW)
		fail_msg("nothing can be written at %p", va);
	assert_true(owner[pfn.v]);
}

/* The test takes so many frames. Return: false if memory was short. */
static inline bool hold(unsigned long frames)
{
	for (; frames; frames--, nr_held++) {
		held[nr_held] = page_alloc(0, PAGE_FIXED);
		if (!held[nr_held])
			return false;
		assert_is_ours(held[nr_held]);
	}
	return true;
}

static inline void let_go(unsigned long frames)
{
	for (; frames && nr_held; frames--)
		page_free(held[--nr_held], 0);
}

#endif
