/* SPDX-License-Identifier: MIT */
/*
 * The private reserve: frames kept aside for page tables, p2m and page database, so that the guest
 * can grow with no free page left. Nothing else may take from it, and it is never given back.
 */
#ifndef MM_RESERVE_H
#define MM_RESERVE_H

#include <arch/mmu.h>
#include <mm/page_alloc.h>

#define RESERVE_MIN    34U	       /* what it holds at least between two steps: 16 blocks */
#define RESERVE_NORMAL (2U * 32U + 2U) /* what it is refilled to: a step of 64 MiB */
#define RESERVE_UPPER  16U	       /* upper tables and page database of the largest step */
#define RESERVE_MAX    (2U * 256U + RESERVE_UPPER)
#define RESERVE_ROOM   (RESERVE_MAX - RESERVE_NORMAL) /* tables that one commit may free */

/* The stash that mmu_prepare, p2m_extend and the like take from. */
struct frame_stash *reserve_stash(void);

/* Takes free frames until `nr` are held (at most RESERVE_MAX), or none is left: false. */
bool reserve_fill(struct page_alloc *pa, unsigned int nr);

/* Gives back what is held above `nr`. */
void reserve_trim(struct page_alloc *pa, unsigned int nr);

/*
 * Gives back what is in the way of `nr` more frames, at most RESERVE_ROOM: before each commit that
 * frees as many tables. What a commit puts back because it was refused has its room: it was taken
 * out for it.
 */
void reserve_make_room(struct page_alloc *pa, unsigned int nr);

#endif
