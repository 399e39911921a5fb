/* SPDX-License-Identifier: MIT */
/*
 * Claims on frame numbers: what is said of a range, by the loader, by the host, by us. Ranges may
 * overlap; what may be done with a frame follows from all claims on it. For ports that are told of
 * their memory by a map.
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

/* Panics when there are too many. Nothing is claimed if first is not below end. */
void claims_add(struct claims *c, pfn_t first, pfn_t end, unsigned int claim);

/* All frames of which a byte is meant, or only those of which every byte is. */
void claims_add_touched(struct claims *c, uint64_t addr, uint64_t bytes, unsigned int claim);
void claims_add_whole(struct claims *c, uint64_t addr, uint64_t bytes, unsigned int claim);

/* All that is claimed of a frame. */
unsigned int claims_of(const struct claims *c, pfn_t pfn);

/* The frames from `from` on of which the same is true as of `from` end here. */
pfn_t claims_run_end(const struct claims *c, pfn_t from);

/* Adds to boot_info.range what lies above all that is there; says what there is no room for. */
void boot_range_add(pfn_t first, unsigned long nr_frames, enum boot_range_kind kind);

#endif
