/* SPDX-License-Identifier: MIT */
/* Frames before there is an allocator: taken from the boot ranges in order, never given back. */
#ifndef MM_BOOT_ALLOC_H
#define MM_BOOT_ALLOC_H

#include <arch/boot.h>
#include <arch/mmu.h>

void boot_alloc_init(const struct boot_info *boot);

/* One frame of RAM. -ENOMEM. */
int boot_alloc(pfn_t *pfn) __must_check;

/* Puts `nr` frames into the stash; false if it or memory is too small. */
bool boot_alloc_stash(struct frame_stash *stash, unsigned int nr);

/* Hands out, range by range, all RAM that boot_alloc did not take; false when there is no more. */
bool boot_alloc_rest(pfn_t *first, unsigned long *nr_frames);

#endif
