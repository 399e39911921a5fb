/* SPDX-License-Identifier: MIT */
/*
 * Memory that stays the guest's while its contents go: whole free blocks that were in use since
 * they came are set aside, whoever can has the host take back what is behind them, and they are
 * free again, as if they had never been used. Knows nothing of who does it.
 */
#ifndef MM_REPORT_H
#define MM_REPORT_H

#include <mm/mm.h>

#define REPORT_BLOCKS_MAX 256U

struct report_step {
	pfn_t block[REPORT_BLOCKS_MAX]; /* ascending */
	unsigned int nr;
};

/*
 * Sets aside at most `max` blocks: nobody has them meanwhile. False: there is nothing to report.
 * Threads; interrupts are off for a block at a time.
 */
bool report_begin(struct mm *mm, struct report_step *step, unsigned int max);

/* They are free again; `done`: nothing of ours is in them any more. */
void report_finish(struct mm *mm, const struct report_step *step, bool done);

#endif
