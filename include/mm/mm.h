/* SPDX-License-Identifier: MIT */
/* The kernel's one memory: its start, its objects, its counters. */
#ifndef MM_MM_H
#define MM_MM_H

#include <arch/boot.h>
#include <lib/types.h>
#include <mm/page_alloc.h>
#include <mm/pagedb.h>

/* Frame numbers of one kind and owner. */
struct mm_range {
	pfn_t first;
	unsigned long nr_frames;
	enum boot_range_kind kind;
	unsigned int owner;
};

struct mm {
	struct pagedb db;
	struct page_alloc pages;
	unsigned long pagedb_pages; /* where those of the pagedb region end that are mapped */
	/* As the port reported them, ascending; then the regions of devices (mm/owner.h). */
	struct mm_range range[BOOT_RANGES_MAX + OWNERS_MAX - 1];
	unsigned int nr_ranges;
};

extern struct mm kernel_mm;

/*
 * Builds the page database over the boot memory, frees what is free, fills the private reserve.
 * Once, from upcall_start(). -ENOMEM: the guest was given too little; a line is said.
 */
int mm_init(const struct boot_info *boot) __must_check;

struct mm_stats {
	unsigned long present;	    /* frames the guest has */
	unsigned long devices;	    /* of these, in the regions of devices (mm/owner.h) */
	unsigned long free;	    /* of these, free */
	unsigned long whole_blocks; /* whole free blocks */
	unsigned long reserve;	    /* frames in the private reserve */
	unsigned long max;	    /* frame numbers there can ever be: the direct map's room */
};

/*
 * With CONFIG_DEBUG: counts page database and allocator anew, after each step by which memory joins
 * or leaves; what differs is a bug, and the end. Without it, nothing. Threads.
 */
void mm_check(const struct mm *mm);

/* Any context. */
void mm_stats_get(struct mm_stats *stats);

#endif
