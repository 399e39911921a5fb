/* SPDX-License-Identifier: MIT */
/*
 * Claims on frame numbers: properties of a range, from the loader, the host or the kernel. Ranges
 * may overlap; the use of a frame follows from all claims on it. For ports with a memory map.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include <arch/boot.h>

#define CLAIMS_MAX 192U

/* Bits of a claim are the port's to define. */
struct claims {
	struct {
		unsigned long first, end;
		unsigned int claim;
	} list[CLAIMS_MAX];
	unsigned int nr;
	pfn_t end; /* numbers from here on do not exist */
};

/* Add a claim; none if first is not below end. Panics if there are too many. */
void claims_add(struct claims *c, pfn_t first, pfn_t end, unsigned int claim);

/* Claim all frames that hold a byte of the range, or only those inside it as a whole. */
void claims_add_touched(struct claims *c, uint64_t addr, uint64_t bytes, unsigned int claim);
void claims_add_whole(struct claims *c, uint64_t addr, uint64_t bytes, unsigned int claim);

/* Return the claims on a frame, or-ed. */
unsigned int claims_of(const struct claims *c, pfn_t pfn);

/* Return the end of the run of frames with the same claims as `from`. */
pfn_t claims_run_end(const struct claims *c, pfn_t from);

/* Append a range to boot_info.range, above all others. Logs one without room. */
void boot_range_add(pfn_t first, unsigned long nr_frames, enum boot_range_kind kind);

#endif
