/* SPDX-License-Identifier: MIT */
/* Page tables of blocks whose frames come and go one by one. For growth and shrinking. */
#ifndef MM_BLOCK_TABLES_H
#define MM_BLOCK_TABLES_H

#include <mm/mm.h>

/*
 * Frees the tables that are of no use any more now that these single frames came or went: those of
 * blocks of which nothing is there, and those of blocks of which all is, where the port maps such
 * without one. Their frames are free memory. What the host refuses stays as it is, and serves the
 * block when it comes back. Context: threads; the page-table queue is empty.
 */
void block_tables_settle(struct mm *mm, const pfn_t *frame, unsigned int nr_frames);

#endif
