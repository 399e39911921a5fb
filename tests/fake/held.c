/* SPDX-License-Identifier: MIT */
/* What the test holds: a model of the allocator's promise, and a stamp in each frame. */
#include <arch/page.h>
#include <mm/page.h>
#include <string.h>

#include "machine.h"

#define FRAMES_MAX  (1UL << 20)
#define STAMPED_MAX (1UL << 17) /* frames of a machine of which each that is held has a stamp */

static bool held[FRAMES_MAX];
static unsigned long nr_held, held_end; /* nothing is held from this frame on */

void held_start(void)
{
	if (FRAMES_MAX < LAYOUT_DIRECTMAP_SIZE >> PAGE_SHIFT)
		fake_fail("the direct map is larger than the model");
	memset(held, 0, held_end * sizeof(held[0]));
	nr_held = 0;
	held_end = 0;
}

bool held_has(pfn_t pfn)
{
	return pfn.v < held_end && held[pfn.v];
}

bool fake_holds(pfn_t pfn)
{
	return held_has(pfn);
}

unsigned long fake_held(void)
{
	return nr_held;
}

/* The first word of a frame that is held, and its last. */
static uint64_t stamp_of(pfn_t pfn)
{
	return (pfn.v + 1) * 0x9e3779b97f4a7c15ULL;
}

/* Of a large machine one frame in 16: the first touch of each is a page fault. */
static bool has_stamp(pfn_t pfn)
{
	return machine.nr_frames <= STAMPED_MAX || pfn.v % 16 == 0;
}

static void stamp(pfn_t pfn)
{
	uint64_t *word = domain_page(pfn_to_virt(pfn));

	if (!has_stamp(pfn))
		return;
	word[0] = stamp_of(pfn);
	word[PAGE_SIZE / sizeof(*word) - 1] = ~stamp_of(pfn);
}

static void check_stamp(pfn_t pfn)
{
	const uint64_t *word = domain_page(pfn_to_virt(pfn));

	if (!has_stamp(pfn))
		return;
	if (word[0] != stamp_of(pfn) || word[PAGE_SIZE / sizeof(*word) - 1] != ~stamp_of(pfn))
		fake_fail("frame %lu does not hold what was written", pfn.v);
}

void *fake_take(unsigned int order, enum page_use use)
{
	void *va = page_alloc(order, use);
	pfn_t first;

	if (!va)
		return NULL;
	first = virt_to_pfn(va);
	if (first.v & ((1UL << order) - 1))
		fake_fail("frame %lu is not aligned to order %u", first.v, order);
	for (unsigned long i = 0; i < 1UL << order; i++) {
		pfn_t pfn = pfn_add(first, i);

		if (held_has(pfn))
			fake_fail("frame %lu is handed out twice", pfn.v);
		held[pfn.v] = true;
		held_end = MAX(held_end, pfn.v + 1);
		stamp(pfn);
	}
	nr_held += 1UL << order;
	return va;
}

void fake_give(void *va, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		pfn_t pfn = pfn_add(virt_to_pfn(va), i);

		if (!held_has(pfn))
			fake_fail("frame %lu is not held", pfn.v);
		check_stamp(pfn);
		held[pfn.v] = false;
	}
	nr_held -= 1UL << order;
	page_free(va, order);
}

void held_check(void)
{
	for (unsigned long i = 0; i < held_end; i++)
		if (held[i])
			check_stamp(PFN(i));
}
