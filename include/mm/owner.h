/* SPDX-License-Identifier: MIT */
/*
 * Owners of pageblocks: the base, and devices that each have a region of frame numbers which they
 * alone populate (a virtio-mem device). What is present in a region is memory like any other, but
 * leaves to its device alone, in granules: aligned runs of 2^n whole blocks.
 */
#ifndef MM_OWNER_H
#define MM_OWNER_H

#include <lib/addr.h>
#include <mm/mm.h>

/*
 * Gives whole blocks, for good, to the device `owner` (1 to OWNERS_MAX - 1), which has no region
 * yet. The metadata that growth in it takes is paid for now, as far as a quarter of the free memory
 * goes, so that it cannot come to lie there. Return: -EINVAL: not whole blocks, or beyond the
 * direct map; -EEXIST: the numbers are in use, or another's; -ENOMEM: a quarter is not enough for
 * what lies before the region; -EIO. Context: threads.
 */
int mm_region_add(struct mm *mm, unsigned int owner, pfn_t first,
		  unsigned long nr_frames) __must_check;

struct mm_region {
	unsigned long first, end; /* blocks, end excluded */
};

/* Return: the region of a device that has one; of the base all there is. Context: any. */
struct mm_region mm_region(const struct mm *mm, unsigned int owner);

/*
 * Counts the granules of `granule` frames that an owner has and that are free as a whole, up to
 * `max`; less than a block counts as a block. Context: any; O(max · log n).
 */
unsigned long mm_whole_granules(const struct mm *mm, unsigned int owner, unsigned long granule,
				unsigned long max);

/*
 * Moves the private reserve out of the regions of devices as far as frames of the base are free, so
 * that it pins no granule. Context: threads.
 */
void mm_reserve_migrate(struct mm *mm);

#endif
