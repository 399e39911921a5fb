/* SPDX-License-Identifier: MIT */
/*
 * Nothing of ours leaves with a frame. All frames are filled, most are given back, and all that the
 * host has is taken: Xen hands on what it gets as it is, so those of ours that come again must read
 * zero. Each is read in the step in which it comes: later it may have been a table of ours, and
 * free again. (Only a PV guest sees which machine frames it has.)
 */
#include <lib/bits.h>

#include "frames.h"

#define FRAMES	       (64UL << 8)  /* as test.toml's memory, and a little */
#define MACHINE_FRAMES (512UL << 8) /* more than test.toml's machine has */
#define CAME_LEAST     1000UL

static mfn_t before[FRAMES];
static uint64_t gone[MACHINE_FRAMES / 64]; /* machine frames that were filled, and went */
static uint64_t here[MACHINE_FRAMES / 64]; /* frames that are present, as far as was looked */
static unsigned long nr_gone, nr_came;

static void fill_all(struct runs *all, unsigned long frames)
{
	while (all->nr_frames < frames && runs_keep(all, page_alloc(0, PAGE_FIXED), 0)) {
		pfn_t pfn = virt_to_pfn(all->first);

		CHECK(pfn.v < FRAMES, "frame %lu", pfn.v);
		before[pfn.v % FRAMES] = p2m_get(pfn);
	}
}

/* Frees all, or all but every other one: then no block is whole, and frames go one by one. */
static void free_some(struct runs *all, struct runs *kept, bool every_other)
{
	struct runs freed = {0};

	while (all->first) {
		struct runs *to = every_other && kept->nr_frames < freed.nr_frames ? kept : &freed;
		struct run *run = all->first;

		all->first = run->next;
		run->next = to->first;
		to->first = run;
		to->nr_frames++;
	}
	all->nr_frames = 0;
	runs_check_and_free(&freed);
}

static void give_back(unsigned long frames)
{
	unsigned long shrunk;

	CHECK(balloon_shrink(frames, &shrunk) == 0 && shrunk == frames, "%lu went", shrunk);
	for (unsigned long pfn = 0; pfn < FRAMES; pfn++) {
		mfn_t mfn = before[pfn];

		if (!mfn.v || mfn.v >= MACHINE_FRAMES || !mfn_eq(p2m_get(PFN(pfn)), MFN_NONE))
			continue;
		bitmap_set(gone, mfn.v);
		nr_gone++;
	}
}

static bool is_zero(const uint64_t *page)
{
	for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		if (page[i])
			return false;
	return true;
}

static void look_at(pfn_t pfn)
{
	mfn_t mfn = p2m_get(pfn);

	if (mfn.v >= MACHINE_FRAMES || !bitmap_test(gone, mfn.v))
		return;
	bitmap_clear(gone, mfn.v);
	nr_came++;
	CHECK(is_zero(pfn_to_virt(pfn)), "machine frame %lx came back with data in it", mfn.v);
}

/* Frames that are free now, and have not been here before. What became a table is not free. */
static void look_at_new(void)
{
	unsigned long end = MIN(kernel_mm.db.nr_blocks * BLOCK_FRAMES, MACHINE_FRAMES);

	for (unsigned long pfn = 0; pfn < end; pfn++) {
		if (bitmap_test(here, pfn) || mfn_eq(p2m_get(PFN(pfn)), MFN_NONE))
			continue;
		bitmap_set(here, pfn);
		if (pagedb_is_free(&kernel_mm.db, PFN(pfn)))
			look_at(PFN(pfn));
	}
}

/* All that the host has, a step at a time. */
static void take_all_back(void)
{
	unsigned long grown;

	do {
		balloon_grow(BLOCK_FRAMES, &grown);
		look_at_new();
	} while (grown);
	printk("test: of %lu frames that went, %lu came again\n", nr_gone, nr_came);
	CHECK(nr_came >= CAME_LEAST, "%lu of %lu came again: that shows nothing", nr_came, nr_gone);
}

int app_main(int argc, char **argv)
{
	bool one_by_one = argc > 0 && strcmp(argv[0], "frames=1") == 0;
	struct runs all = {0}, kept = {0};
	struct balloon_stats at_start;

	balloon_stats_get(&at_start);
	fill_all(&all, at_start.present * 3 / 4);
	free_some(&all, &kept, one_by_one);
	give_back(at_start.present / 4);
	CHECK(nr_gone > at_start.present / 8, "only %lu of the filled frames went", nr_gone);
	look_at_new();
	take_all_back();
	runs_check_and_free(&kept);
	check_memory();
	return guest_test_done();
}
