/* SPDX-License-Identifier: MIT */
/* The frame numbers of a PVH guest: what the start info says of them, and what we do with them. */
#ifndef X86_MEMMAP_H
#define X86_MEMMAP_H

#include <lib/addr.h>

struct hvm_start_info;

/* What is said of a range. Ranges may overlap; what may be done with a frame follows from all. */
enum claim {
	CLAIM_RAM = 1 << 0,
	CLAIM_UNUSABLE = 1 << 1, /* a hardware domain: memory that it was not given */
	CLAIM_RESERVED = 1 << 2, /* firmware, devices, what the host put there: not ours at all */
	CLAIM_IN_USE = 1 << 3,	 /* of RAM: image, tables, modules */
	CLAIM_ABSENT = 1 << 4,	 /* of RAM: nothing is behind it */
	CLAIM_ABOVE = 1 << 5,	 /* above all that the map speaks of */
};

/*
 * Reads map, modules and all. Frames for tables are taken from `tables` on; there are no numbers
 * from `limit` on, and the direct map has no place for those from `end` on. Panics if there is no
 * map, or no sense in it.
 */
void memmap_read(const struct hvm_start_info *info, pfn_t tables, pfn_t limit, pfn_t end);

void memmap_claim(pfn_t first, pfn_t end, enum claim claim);

/* The frame for shared_info: in no range of boot_info, and maybe above the direct map's end. */
pfn_t memmap_nowhere(void);

/* Frames that are there, in use or not. */
unsigned long memmap_present(void);
bool memmap_is_present(pfn_t pfn);

/* The frames from `from` on of which the same is true as of `from` end here. */
pfn_t memmap_run_end(pfn_t from);

/* The highest run of free RAM below `below`. */
bool memmap_last_free(pfn_t below, pfn_t *first, pfn_t *end);

/* Takes a frame for a table, for ever, from below 4 GiB. Panics if there is none. */
pfn_t memmap_take(void);

/* Fills in boot_info.range. */
void memmap_describe(void);

#endif
