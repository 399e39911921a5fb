/* SPDX-License-Identifier: MIT */
/*
 * The memory map that a port reports at start. By then the direct map covers every frame of
 * BOOT_RAM and BOOT_RESERVED.
 */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <lib/addr.h>

enum boot_range_kind {
	BOOT_RAM,      /* present, free to use */
	BOOT_RESERVED, /* present, never freed: image, tables, p2m, start info */
	BOOT_GROWABLE, /* not present; a frame number that may be populated */
};

struct boot_range {
	pfn_t first;
	unsigned long nr_frames;
	enum boot_range_kind kind;
};

#define BOOT_RANGES_MAX	 64
#define BOOT_CMDLINE_MAX 4096

struct boot_info {
	const char *platform; /* "Xen 4.17 PV, hardware domain" */
	/* Ascending and disjoint. Numbers in no range are holes: never used, never populated. */
	struct boot_range range[BOOT_RANGES_MAX];
	unsigned int nr_ranges;
	char cmdline[BOOT_CMDLINE_MAX]; /* NUL-terminated; truncated, with a message, if longer */
	uint64_t entry_ns;		/* clock_ns() at the first instruction that could read it */
};

/* The port fills it before upcall_start(). Constant afterwards. */
extern struct boot_info boot_info;

/* Test whether bytes first..end-1 hold memory present at boot, where no registers can be. */
static inline bool boot_is_memory(uint64_t first, uint64_t end)
{
	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];
		uint64_t base = pfn_to_paddr(range->first).v;

		if (range->kind != BOOT_GROWABLE && base < end &&
		    first < base + ((uint64_t)range->nr_frames << PAGE_SHIFT))
			return true;
	}
	return false;
}

#endif
