/* SPDX-License-Identifier: MIT */
/*
 * Memory that starts just below, at or above an edge, and grows by single frames across the edges
 * of a block, of 128 MiB (32768 frames, a page of bits) and of 1 GiB, as far as these lie below a
 * ceiling inside a block: no frame below it stays absent. Arguments: frames at the start, frames at
 * the ceiling, as the host counts them. Which numbers these frames have is what the memory map
 * says: the lowest ones that are in none of its holes.
 */
#include <arch/boot.h>
#include <lib/text.h>

#include "frames.h"

#define BEFORE 2UL /* single steps begin so many frames before an edge */
#define BEHIND 9UL /* and end so many behind it */

static unsigned long present(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.present;
}

/* The number behind the last of so many frames. */
static unsigned long end_of(unsigned long frames)
{
	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];

		if (frames <= range->nr_frames)
			return range->first.v + frames;
		frames -= range->nr_frames;
	}
	return ~0UL;
}

/* How many frames have numbers below this one. */
static unsigned long frames_below(unsigned long number)
{
	unsigned long frames = 0;

	for (unsigned int i = 0; i < boot_info.nr_ranges; i++) {
		const struct boot_range *range = &boot_info.range[i];

		if (range->first.v < number)
			frames += MIN(range->nr_frames, number - range->first.v);
	}
	return frames;
}

static void grow_to(unsigned long frames)
{
	unsigned long wanted = frames - present(), grown;

	CHECK(balloon_grow(wanted, &grown) == 0 && grown == wanted, "grew by %lu of %lu", grown,
	      wanted);
}

/* The frames there are, are those of the lowest numbers: the last is there, the next is not. */
static void check_end(unsigned long frames)
{
	pfn_t last = PFN(end_of(frames) - 1), next = PFN(end_of(frames + 1) - 1), mapped;
	enum mmu_prot prot;

	CHECK(present() == frames, "%lu frames, not %lu", present(), frames);
	CHECK(pagedb_is_present(&kernel_mm.db, last), "frame %lu is absent", last.v);
	CHECK(!pagedb_is_present(&kernel_mm.db, next), "frame %lu is present", next.v);
	CHECK(mmu_query(pfn_to_virt(last), &mapped, &prot) && prot == MMU_RW,
	      "frame %lu is not mapped", last.v);
	CHECK(!mmu_query(pfn_to_virt(next), &mapped, &prot), "frame %lu is mapped", next.v);
}

static void cross(unsigned long number)
{
	unsigned long frames = present(), edge = frames_below(number);

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

static void check_all_present(unsigned long frames)
{
	for (unsigned long n = 1; n <= frames; n++)
		CHECK(pagedb_is_present(&kernel_mm.db, PFN(end_of(n) - 1)), "frame %lu is absent",
		      end_of(n) - 1);
}

/* In our count. */

static unsigned long argument(const char *text)
{
	unsigned long number = 0;
	struct balloon_stats balloon;

	balloon_stats_get(&balloon);
	CHECK(text && parse_number(text, ~0UL, &number), "\"%s\" is no number", text ? text : "");
	return number - (unsigned long)balloon.offset;
}

int app_main(int argc, char **argv)
{
	unsigned long start = argument(argc > 1 ? argv[1] : NULL), at_start = end_of(start);
	unsigned long ceiling = argument(argc > 2 ? argv[2] : NULL), grown;
	struct runs runs = {0};

	check_end(start);
	check_memory();
	cross(ALIGN_UP(at_start + 1, BLOCK_FRAMES));
	cross(ALIGN_UP(at_start + BLOCK_FRAMES, 32768UL));
	if (end_of(ceiling) > LAYOUT_GIB / PAGE_SIZE)
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
