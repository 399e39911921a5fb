/* SPDX-License-Identifier: MIT */
/* A list of claims, looked through from one end to the other: there are few, and it is done once.
 */
#include <lib/bug.h>
#include <lib/printk.h>

#include "claims.h"

void claims_add(struct claims *c, pfn_t first, pfn_t end, unsigned int claim)
{
	if (first.v >= end.v)
		return;
	if (c->nr == CLAIMS_MAX)
		panic("boot: memory map has more than %u entries", CLAIMS_MAX);
	c->list[c->nr].first = first.v;
	c->list[c->nr].end = end.v;
	c->list[c->nr++].claim = claim;
}

static uint64_t bytes_end(uint64_t addr, uint64_t bytes)
{
	return addr + bytes < addr ? UINT64_MAX : addr + bytes;
}

void claims_add_touched(struct claims *c, uint64_t addr, uint64_t bytes, unsigned int claim)
{
	uint64_t end = bytes_end(addr, bytes);

	if (bytes)
		claims_add(c, PFN(addr >> PAGE_SHIFT),
			   PFN((end >> PAGE_SHIFT) + (end % PAGE_SIZE != 0)), claim);
}

void claims_add_whole(struct claims *c, uint64_t addr, uint64_t bytes, unsigned int claim)
{
	claims_add(c, PFN((addr >> PAGE_SHIFT) + (addr % PAGE_SIZE != 0)),
		   PFN(bytes_end(addr, bytes) >> PAGE_SHIFT), claim);
}

unsigned int claims_of(const struct claims *c, pfn_t pfn)
{
	unsigned int all = 0;

	for (unsigned int i = 0; i < c->nr; i++)
		if (c->list[i].first <= pfn.v && pfn.v < c->list[i].end)
			all |= c->list[i].claim;
	return all;
}

pfn_t claims_run_end(const struct claims *c, pfn_t from)
{
	unsigned long end = c->end.v;

	for (unsigned int i = 0; i < c->nr; i++) {
		if (c->list[i].first > from.v)
			end = MIN(end, c->list[i].first);
		if (c->list[i].end > from.v)
			end = MIN(end, c->list[i].end);
	}
	return PFN(end);
}

void boot_range_add(pfn_t first, unsigned long nr_frames, enum boot_range_kind kind)
{
	struct boot_range *range = &boot_info.range[boot_info.nr_ranges];

	if (boot_info.nr_ranges && range[-1].kind == kind &&
	    range[-1].first.v + range[-1].nr_frames == first.v) {
		range[-1].nr_frames += nr_frames;
		return;
	}
	if (boot_info.nr_ranges == BOOT_RANGES_MAX) {
		printk("boot: memory map too fragmented: %lu frames unused\n", nr_frames);
		return;
	}
	*range = (struct boot_range){first, nr_frames, kind};
	boot_info.nr_ranges++;
}
