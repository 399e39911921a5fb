/* SPDX-License-Identifier: MIT */
/*
 * Nothing of ours leaves with a frame. All frames are filled, most are given back, and all that the
 * host has is taken: Xen hands on what it gets as it is, so those of ours that come again must hold
 * nothing before they are written. (Only a PV guest sees which machine frames it has.)
 */
#include <kernel/bits.h>

#include "frames.h"

#define FRAMES	       (64UL << 8)  /* as test.toml's memory, and a little */
#define MACHINE_FRAMES (512UL << 8) /* more than test.toml's machine has */
#define CAME_LEAST     1000UL

static mfn_t before[FRAMES];
static uint64_t gone[MACHINE_FRAMES / 64]; /* machine frames that were filled, and went */
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

/* Zeros; or all ones, as in a leaf of the p2m that growth prepared and did not need. */
static bool holds_nothing(const uint64_t *page)
{
	for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*page); i++)
		if (page[i] != page[0])
			return false;
	return !page[0] || page[0] == ~0ULL;
}

static void look_at(const void *page)
{
	mfn_t mfn = p2m_get(virt_to_pfn(page));

	if (mfn.v >= MACHINE_FRAMES || !bitmap_test(gone, mfn.v))
		return;
	bitmap_clear(gone, mfn.v);
	nr_came++;
	CHECK(holds_nothing(page), "machine frame %lx came back with data in it", mfn.v);
}

/* All that the host has. Each is seen as it came: nothing is written to what is free. */
static void take_all_back(struct runs *taken)
{
	void *page;

	nr_came = 0;
	while ((page = page_alloc(0, PAGE_FIXED))) {
		look_at(page);
		runs_keep(taken, page, 0);
	}
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
	take_all_back(&all);
	runs_check_and_free(&all);
	runs_check_and_free(&kept);
	check_memory();
	return guest_test_done();
}
