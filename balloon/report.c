/* SPDX-License-Identifier: MIT */
/*
 * Idle memory goes home by itself, where the host takes reports: free blocks that held data are
 * reported after a quiet while, in ranges, with a budget, and stay allocatable. What shrinking
 * will give away is reported first: the host has its memory at once, and the accounts follow.
 */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <mm/report.h>
#include <sched/thread.h>

#include "policy.h"
#include "registry.h"
#include "report.h"
#include "trace.h"

static struct {
	uint64_t at; /* clock_ns() of the last look */
	struct page_alloc_whole whole[OWNERS_MAX];
	unsigned int noisy; /* looks in a row at which it was not quiet */
	bool off;	    /* the host takes none */
} idle;

/* Who takes reports, of all memory; NULL: nobody. */
static const struct balloon_dev *reporter(void)
{
	const struct balloon_dev *dev = NULL;

	while ((dev = balloon_next(dev)))
		if (dev->backend->report)
			return dev;
	return NULL;
}

/* One report. False: nothing is left to report, or the host does not take it. */
static bool report_some(unsigned long max)
{
	static struct report_step step;
	const struct balloon_dev *dev = reporter();
	int err;

	if (!report_begin(&kernel_mm, &step,
			  (unsigned int)MIN(max, (unsigned long)REPORT_BLOCKS_MAX)))
		return false;
	err = dev->backend->report(dev->backend, step.block, step.nr);
	if (err == -EBUSY)
		printk("balloon: %lu frames leaked: the host may still discard them\n",
		       (unsigned long)step.nr << BLOCK_ORDER);
	else
		report_finish(&kernel_mm, &step, !err);
	balloon_trace(dev->backend->name, BALLOON_REPORTED,
		      err ? 0 : (unsigned long)step.nr << BLOCK_ORDER, err);
	idle.off = err != 0;
	return !err;
}

void balloon_report(unsigned long max)
{
	if (!reporter())
		return;
	while (max && !idle.off && report_some(max)) {
		max -= MIN(max, (unsigned long)REPORT_BLOCKS_MAX);
		thread_yield();
	}
}

/*
 * Has a whole block come or gone since the last look? The heads and lengths of the lists tell.
 * *used: there is one that held data.
 */
static bool is_quiet(bool *used)
{
	bool same = true;

	*used = false;
	for (unsigned int owner = 0; owner < OWNERS_MAX; owner++) {
		const struct page_alloc_whole *now = &kernel_mm.pages.whole[owner];
		struct page_alloc_whole *before = &idle.whole[owner];

		same &= before->nr == now->nr && before->used == now->used;
		*used |= now->used != BLOCK_LINK_NONE;
		*before = *now;
	}
	return same;
}

static void scan(void)
{
	bool used, quiet = is_quiet(&used);

	idle.noisy = quiet ? 0 : idle.noisy + 1;
	if (!used)
		return;
	balloon_report(policy_report(quiet, idle.noisy));
	if (idle.noisy >= POLICY_LOOKS_MAX)
		idle.noisy = 0;
}

uint64_t balloon_idle_scan(void)
{
	uint64_t now = clock_ns();

	if (!reporter() || idle.off)
		return POLICY_NEVER;
	if (now - idle.at < POLICY_LOOK)
		return idle.at + POLICY_LOOK - now;
	idle.at = now;
	scan();
	return POLICY_LOOK;
}
