/* SPDX-License-Identifier: MIT */
/* Populate on demand (see pod.h; Xen public/memory.h, XENMEMF_populate_on_demand). */
#include <asm/domain.h>
#include <asm/reservation.h>
#include <lib/printk.h>

#include "memmap.h"
#include "pod.h"

/*
 * Xen counts pages as the domain's that the map does not call RAM (rings, ACPI tables): some more
 * go back than the counts say. They can be had again.
 */
#define SLACK 64UL

static xen_pfn_t list[BLOCK_FRAMES];

/* Returns how many extents are gone. */
static unsigned long decrease(unsigned int nr, unsigned int order)
{
	long done = xen_change_reservation(XENMEM_decrease_reservation, list, nr, order);

	return done < 0 ? 0 : MIN((unsigned long)done, (unsigned long)nr);
}

/* One call's worth off the end of [first, *end), at most `frames`. False: Xen did not take all. */
static bool give_some(pfn_t first, pfn_t *end, unsigned long frames)
{
	unsigned long room = MIN(end->v - first.v, frames);
	unsigned int order = end->v % BLOCK_FRAMES || room < BLOCK_FRAMES ? 0 : BLOCK_ORDER;
	unsigned long nr = order ? room >> order : MIN(room, end->v % BLOCK_FRAMES ?: room);
	unsigned long done;

	nr = MIN(nr, BLOCK_FRAMES);
	for (unsigned long i = 0; i < nr; i++)
		list[i] = end->v - ((i + 1) << order);
	done = decrease((unsigned int)nr, order);
	end->v -= done << order;
	return done == nr;
}

/* At most `frames` off the end of a run; *given says how many. False: Xen did not take all. */
static bool give_run(pfn_t first, pfn_t end, unsigned long frames, unsigned long *given)
{
	pfn_t at = end;
	bool all = true;

	while (all && at.v > first.v && end.v - at.v < frames)
		all = give_some(first, &at, frames - (end.v - at.v));
	memmap_claim(at, end, CLAIM_ABSENT);
	*given = end.v - at.v;
	return all;
}

static unsigned long give_back(unsigned long excess)
{
	unsigned long left = excess, given;
	pfn_t first, end, below = PFN(~0UL);
	bool all = true;

	while (all && left && memmap_last_free(below, &first, &end)) {
		all = give_run(first, end, left, &given);
		left -= given;
		below = first;
	}
	return excess - left;
}

void pod_give_back(void)
{
	domid_t self = DOMID_SELF;
	unsigned long present = memmap_present(), gone;
	long given;

	if (!xen_is_present() || xen_is_hardware_domain())
		return;
	given = xen_memory_op(XENMEM_current_reservation, &self);
	if (given < 0 || (unsigned long)given >= present)
		return;
	gone = give_back(present - (unsigned long)given + SLACK);
	printk("boot: released %lu of %lu frames populated on demand: Xen's pool holds %ld\n", gone,
	       present, given);
}
