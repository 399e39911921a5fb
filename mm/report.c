/* SPDX-License-Identifier: MIT */
/* Blocks that are set aside while the host takes back what is behind them (mm/report.h). */
#include <mm/page_alloc.h>
#include <mm/report.h>

/* Neighbours stand side by side, so that they go as one range. By insertion: the list is short, and
 * mostly in order already. */
static void insert(struct report_step *step, pfn_t first)
{
	unsigned int i = step->nr++;

	for (; i > 0 && step->block[i - 1].v > first.v; i--)
		step->block[i] = step->block[i - 1];
	step->block[i] = first;
}

bool report_begin(struct mm *mm, struct report_step *step, unsigned int max)
{
	pfn_t first;

	step->nr = 0;
	while (step->nr < MIN(max, REPORT_BLOCKS_MAX) && page_alloc_take_used(&mm->pages, &first))
		insert(step, first);
	return step->nr > 0;
}

void report_finish(struct mm *mm, const struct report_step *step, bool done)
{
	for (unsigned int i = 0; i < step->nr; i++) {
		if (done)
			page_alloc_give_clean(&mm->pages, step->block[i]);
		else
			page_alloc_give(&mm->pages, step->block[i], BLOCK_FRAMES);
	}
	mm_check(mm);
}
