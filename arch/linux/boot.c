/* SPDX-License-Identifier: MIT */
/* The memory a machine starts with. */
#include <arch/layout.h>
#include <asm/linux.h>
#include <lib/bug.h>

#include "port.h"

struct boot_info boot_info;

void linux_boot(const struct boot_range *range, unsigned int nr_ranges)
{
	assert(nr_ranges <= BOOT_RANGES_MAX);
	linux_cpu_reset();
	linux_mmu_reset();
	boot_info = (struct boot_info){.platform = "a Linux process", .nr_ranges = nr_ranges};
	for (unsigned int i = 0; i < nr_ranges; i++) {
		boot_info.range[i] = range[i];
		if (range[i].kind != BOOT_GROWABLE)
			linux_mmu_map_boot(range[i].first, range[i].nr_frames);
	}
}

/* `nr_frames` of RAM from frame 0 on, and all up to `max` growable. */
static void boot_growable(unsigned long nr_frames, unsigned long max)
{
	const struct boot_range range[] = {
		{PFN(0), nr_frames, BOOT_RAM},
		{PFN(nr_frames), max - nr_frames, BOOT_GROWABLE},
	};

	assert(nr_frames <= max);
	linux_boot(range, nr_frames < max ? 2 : 1);
}

void linux_memory_init(unsigned long nr_frames)
{
	boot_growable(nr_frames, (unsigned long)(LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT));
}

/* Numbers by whole blocks; how many frames may be behind them, the balloon asks. */
void linux_boot_process(const struct linux_options *options)
{
	boot_growable(options->memory, ALIGN_UP(options->max, BLOCK_FRAMES));
	linux_use_tables(false);
}
