/* SPDX-License-Identifier: MIT */
/*
 * Own ranges: frame numbers that one owner alone populates, at the place of his choice (the region
 * of a virtio-mem device). What is not there is a hole in the page database, so that nobody else's
 * growth finds it; what is there is memory like any other, but leaves to its owner only. Frames
 * come and go by units: aligned runs of whole blocks.
 */
#ifndef MM_OWN_H
#define MM_OWN_H

#include <lib/addr.h>
#include <mm/mm.h>

/*
 * Makes whole blocks an own range, for ever. What growth in it will take of metadata is paid for
 * now, as far as a quarter of the free memory goes, so that it cannot come to lie there. -EINVAL:
 * not whole blocks, or beyond the direct map; -EEXIST: something else is there, or may come;
 * -ENOSPC: there are OWN_RANGES_MAX; -ENOMEM: a quarter is not enough for what lies before it;
 * -EIO. Threads.
 */
int mm_own_range_add(struct mm *mm, pfn_t first, unsigned long nr_frames) __must_check;

/* Finds where the own range ends that holds this block. Return: 0: none does. Context: any. */
unsigned long mm_own_end(const struct mm *mm, unsigned long block);

/* Is the block in an own range? Any context. */
bool mm_is_own(const struct mm *mm, unsigned long block);

/*
 * What mm keeps for itself in own ranges, the private reserve, moves elsewhere as far as frames are
 * free there, so that it pins no unit. Threads.
 */
void mm_own_leave(struct mm *mm);

/*
 * Counts units of `unit` frames of these that are all free, up to `max`. The first is aligned to
 * the unit, which is 2^n blocks. Context: any; O(max · log n).
 */
unsigned long mm_whole_units(const struct mm *mm, pfn_t first, unsigned long nr_frames,
			     unsigned long unit, unsigned long max);

/* Counts whole free blocks that are in no own range, up to `max`. Context: any; O(max · log n). */
unsigned long mm_whole_outside(const struct mm *mm, unsigned long max);

#endif
