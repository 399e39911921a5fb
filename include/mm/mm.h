/* SPDX-License-Identifier: MIT */
/* The kernel's one memory: its start, its objects, its counters. */
#ifndef MM_MM_H
#define MM_MM_H

#include <arch/boot.h>
#include <lib/types.h>
#include <mm/page_alloc.h>
#include <mm/pagedb.h>

#define OWN_RANGES_MAX 4U

struct mm {
	struct pagedb db;
	struct page_alloc pages;
	unsigned long pagedb_pages; /* where those of the pagedb region end that are mapped */
	const struct boot_info *boot;
	struct {
		pfn_t first;
		unsigned long nr_frames;
	} own[OWN_RANGES_MAX]; /* what one owner alone populates (mm/own.h) */
	unsigned int nr_own;
	unsigned long own_present; /* frames that are there of these */
};

extern struct mm kernel_mm;

/*
 * Builds the page database over the boot memory, frees what is free, fills the private reserve.
 * Once, from upcall_start(). -ENOMEM: the guest was given too little; a line is said.
 */
int mm_init(const struct boot_info *boot) __must_check;

struct mm_stats {
	unsigned long present;	    /* frames the guest has */
	unsigned long own;	    /* of these, in own ranges (mm/own.h) */
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
