/* SPDX-License-Identifier: MIT */
/* The frame numbers of a PVH guest, by the start info, and their use. */
#ifndef X86_MEMMAP_H
#define X86_MEMMAP_H

#include <lib/addr.h>

struct hvm_start_info;

/* Claims on a range. Ranges may overlap; the use of a frame follows from all claims. */
enum claim {
	CLAIM_RAM = 1 << 0,
	CLAIM_UNUSABLE = 1 << 1, /* memory that a hardware domain does not have */
	CLAIM_RESERVED = 1 << 2, /* firmware, devices, pages of the host: never used */
	CLAIM_IN_USE = 1 << 3,	 /* of RAM: image, tables, modules */
	CLAIM_ABSENT = 1 << 4,	 /* of RAM: not populated */
	CLAIM_ABOVE = 1 << 5,	 /* above all of the map */
};

/*
 * Read the map and the modules. Frames for tables are taken from `tables` on. No numbers exist from
 * `limit` on, and the direct map ends at `end`. Panics if the map is missing or invalid.
 */
void memmap_read(const struct hvm_start_info *info, pfn_t tables, pfn_t limit, pfn_t end);

void memmap_claim(pfn_t first, pfn_t end, enum claim claim);

/* Return the number for shared_info: in no range of boot_info, maybe above the direct map. */
pfn_t memmap_nowhere(void);

/* Count the present frames, in use or not. */
unsigned long memmap_present(void);
bool memmap_is_present(pfn_t pfn);

/* Return the end of the run of frames with the same claims as `from`. */
pfn_t memmap_run_end(pfn_t from);

/* Find the highest run of free RAM below `below`. */
bool memmap_last_free(pfn_t below, pfn_t *first, pfn_t *end);

/* Take a frame below 4 GiB for a table, never freed. Panics if there is none. */
pfn_t memmap_take(void);

/* Fill in boot_info.range. */
void memmap_describe(void);

#endif
