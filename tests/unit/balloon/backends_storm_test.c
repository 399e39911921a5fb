/* SPDX-License-Identifier: MIT */
/*
 * Several backends and everything at once: targets, commands, shortage, reports, hosts that do
 * little or fail, and page tables that are refused. Memory that is held keeps what was written.
 */
#include <mm/reclaim.h>

#include "backends.h"
#include "balloon/report.h"

#define OPERATIONS 1000
#define STRIDE	   61UL /* from one page of a run that is written to the next: each is a page fault */

static void *run[NR_FRAMES];
static unsigned int run_order[NR_FRAMES], nr_runs;

static void fill(unsigned int i)
{
	for (unsigned long page = 0; page < 1UL << run_order[i]; page++)
		assert_is_ours((char *)run[i] + page * PAGE_SIZE);
	for (unsigned long page = 0; page < 1UL << run_order[i]; page += STRIDE)
		*(uint64_t *)((char *)run[i] + page * PAGE_SIZE) = (uintptr_t)run[i] + page;
}

static void assert_filled(unsigned int i)
{
	for (unsigned long page = 0; page < 1UL << run_order[i]; page++)
		assert_is_ours((char *)run[i] + page * PAGE_SIZE);
	for (unsigned long page = 0; page < 1UL << run_order[i]; page += STRIDE)
		assert_true(*(uint64_t *)((char *)run[i] + page * PAGE_SIZE) ==
			    (uintptr_t)run[i] + page);
}

static void allocate(void)
{
	unsigned int order = random_one_in(8) ? (unsigned int)random_below(12) : 0;

	if (nr_runs == NR_FRAMES)
		return;
	run[nr_runs] = page_alloc(order, random_one_in(2) ? PAGE_FIXED : PAGE_RECLAIMABLE);
	run_order[nr_runs] = order;
	if (run[nr_runs])
		fill(nr_runs++);
}

static void release(void)
{
	unsigned int i = nr_runs ? (unsigned int)random_below(nr_runs) : 0;

	if (!nr_runs)
		return;
	assert_filled(i);
	page_free(run[i], run_order[i]);
	run[i] = run[--nr_runs];
	run_order[i] = run_order[nr_runs];
}

static void use(void)
{
	unsigned long nr = random_below(1500);
	bool more = random_one_in(2);

	while (nr--)
		more ? allocate() : release();
}

/* What a host that is told of a block may do with it, as long as it is free. */
static int discard(const struct balloon_backend *self, const pfn_t *block, unsigned int nr)
{
	(void)self;
	for (unsigned int i = 0; i < nr; i++) {
		assert_false(pagedb_is_free(&kernel_mm.db, block[i]));
		memset(pfn_to_virt(block[i]), 0xdd, PAGE_SIZE);
		assert_true(owner[block[i].v] && owner[block[i].v + BLOCK_FRAMES - 1]);
	}
	return random_one_in(30) ? -EIO : 0;
}

static void trouble(int who)
{
	host[who].err = random_one_in(3) ? -EIO : 0;
	host[who].silence = random_one_in(9) ? -EIO : 0;
	host[who].no_ceiling = random_one_in(9) ? -EIO : 0;
	host[who].budget = random_one_in(2) ? ~0UL : random_below(BLOCKS(9));
	if (random_one_in(3))
		host[who].ceiling = random_below(host[who].nr_frames) + (who ? 0 : ONLY_HOSTS);
}

static void peace(void)
{
	for (int i = BASE; i < NR_HOSTS; i++) {
		host[i].err = host[i].silence = host[i].no_ceiling = 0;
		host[i].budget = ~0UL;
		host[i].ceiling = host[i].nr_frames + (i ? 0 : ONLY_HOSTS);
	}
}

static void command(void)
{
	unsigned long moved, frames = random_below(BLOCKS(40));

	if (random_one_in(2))
		(void)balloon_grow(frames, &moved);
	else
		(void)balloon_shrink(frames, &moved);
}

static void anything(void)
{
	int who = (int)random_below(NR_HOSTS);

	scrub(who, random_one_in(8));
	switch (random_below(10)) {
	case 0:
	case 1:
		want(who, random_below(host[who].nr_frames + 9));
		break;
	case 2:
		trouble(who);
		break;
	case 3:
		peace();
		break;
	case 4:
		command();
		break;
	case 5:
		balloon_report(random_below(20));
		break;
	case 6:
		balloon_floor_set(random_one_in(2) ? 0 : random_below(RAM));
		break;
	default:
		use();
	}
}

/* What a host does not have back it keeps: then nobody refuses what it brought. */
static void refuse_a_commit(void)
{
	peace();
	linux_fail_commit(1 + (unsigned int)random_below(3));
}

static void everything_at_once_loses_nothing(void **state)
{
	(void)state;
	random_start();
	nr_runs = 0;
	backend[WIDE].report = discard;
	for (int i = 0; i < OPERATIONS; i++) {
		if (random_one_in(12))
			refuse_a_commit();
		anything();
		for (unsigned long turns = random_below(6); turns; turns--)
			balloon_work_step();
		linux_fail_commit(0);
		linux_stop_clock(clock_ns() + random_below(2 * POLICY_S));
		if (random_one_in(20))
			check();
	}
	while (nr_runs)
		release();
	peace();
	balloon_floor_set(0);
	for (int i = BASE; i < NR_HOSTS; i++)
		want(i, BLOCKS(8));
	work_for(3 * POLICY_S);
	check();
	backend[WIDE].report = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(everything_at_once_loses_nothing, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
