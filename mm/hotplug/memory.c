/* SPDX-License-Identifier: MIT */
/* The kernel's one memory, which grows and shrinks: its counts, and the check of them. */
#include <arch/cpu.h>
#include <lib/bug.h>
#include <lib/config.h>
#include <mm/mm.h>
#include <mm/reserve.h>

#include "metadata.h"

struct mm kernel_mm;

/* Interrupts are held off: they allocate, too. */
void mm_check(const struct mm *mm)
{
	unsigned long flags;
	const char *wrong;

	if (!IS_ENABLED(CONFIG_DEBUG))
		return;
	flags = irq_save();
	wrong = page_alloc_check(&mm->pages);
	irq_restore(flags);
	if (wrong)
		panic("mm: %s", wrong);
}

void mm_stats_get(struct mm_stats *stats)
{
	unsigned long present = pagedb_nr_present(&kernel_mm.db);

	*stats = (struct mm_stats){
		.present = present,
		.devices = present - kernel_mm.db.nr_present[OWNER_BASE],
		.free = kernel_mm.pages.nr_free,
		.whole_blocks = page_alloc_nr_whole(&kernel_mm.pages),
		.reserve = reserve_stash()->nr,
		.max = mm_max_blocks() * BLOCK_FRAMES,
	};
}
