/* SPDX-License-Identifier: MIT */
/*
 * Memory that starts just below, at or above an edge, and grows by single frames across the edges
 * of a block, of 128 MiB (32768 frames, a page of bits) and of 1 GiB, up to a ceiling inside a
 * block: no frame below the ceiling stays absent. Arguments: frames at the start, frames at the
 * ceiling.
 */
#include <aerostat/text.h>
#include "frames.h"

#define BEFORE 2UL /* single steps begin so many frames before an edge */
#define BEHIND 9UL /* and end so many behind it */

static unsigned long present(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.present;
}

static void grow_to(unsigned long frames)
{
	unsigned long wanted = frames - present(), grown;

	CHECK(balloon_grow(wanted, &grown) == 0 && grown == wanted, "grew by %lu of %lu", grown,
	      wanted);
}

/* The frames there are, are those below their number: the last one is there, the next is not. */
static void check_end(unsigned long frames)
{
	enum mmu_prot prot;
	pfn_t mapped;

	CHECK(present() == frames, "%lu frames, not %lu", present(), frames);
	CHECK(pagedb_is_present(&kernel_mm.db, PFN(frames - 1)), "frame %lu is absent", frames - 1);
	CHECK(!pagedb_is_present(&kernel_mm.db, PFN(frames)), "frame %lu is present", frames);
	CHECK(mmu_query(pfn_to_virt(PFN(frames - 1)), &mapped, &prot) && prot == MMU_RW,
	      "frame %lu is not mapped", frames - 1);
	CHECK(!mmu_query(pfn_to_virt(PFN(frames)), &mapped, &prot), "frame %lu is mapped", frames);
}

static void cross(unsigned long edge)
{
	unsigned long frames = present();

	if (frames + BEFORE < edge) {
		frames = edge - BEFORE;
		grow_to(frames);
		check_end(frames);
	}
	while (frames < edge + BEHIND) {
		grow_to(++frames);
		check_end(frames);
	}
	check_memory();
}

static void check_all_present(unsigned long end)
{
	for (unsigned long pfn = 0; pfn < end; pfn++)
		CHECK(pagedb_is_present(&kernel_mm.db, PFN(pfn)), "frame %lu is absent", pfn);
}

static unsigned long argument(const char *text)
{
	unsigned long number = 0;

	CHECK(text && parse_number(text, ~0UL, &number), "\"%s\" is no number", text ? text : "");
	return number;
}

int app_main(int argc, char **argv)
{
	unsigned long start = argument(argc > 1 ? argv[1] : NULL);
	unsigned long ceiling = argument(argc > 2 ? argv[2] : NULL), grown;
	struct runs runs = {0};

	check_end(start);
	check_memory();
	cross(ALIGN_UP(start + 1, BLOCK_FRAMES));
	cross(ALIGN_UP(start + BLOCK_FRAMES, 32768UL));
	cross(LAYOUT_GIB / PAGE_SIZE);
	grow_to(ceiling - 1);
	grow_to(ceiling);
	CHECK(balloon_grow(1, &grown) == -ENOSPC && grown == 0, "%lu frames too many", grown);
	check_at_ceiling();
	check_all_present(ceiling);
	check_end(ceiling);
	check_memory();
	runs_take_all(&runs, 0);
	check_end(ceiling);
	runs_check_and_free(&runs);
	return guest_test_done();
}
