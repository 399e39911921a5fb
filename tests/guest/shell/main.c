/* SPDX-License-Identifier: MIT */
/* The shell's commands did what they said: test.toml gives them by run="…" and reads what they say.
 */
#include <aerostat/pattern.h>
#include <aerostat/shell.h>
#include <arch/mmu.h>
#include <lib/errno.h>

#include "guest_test.h"

#define MIB_FRAMES (1024UL * 1024 / PAGE_SIZE)

static unsigned long present(void)
{
	struct mm_stats stats;

	mm_stats_get(&stats);
	return stats.present;
}

/* Pages of the block, from its second one on, that hold the pattern of their own number. */
static bool is_filled(unsigned long block)
{
	for (unsigned long i = 1; i < BLOCK_FRAMES; i++) {
		pfn_t pfn = pfn_add(block_pfn(block), i), mapped;
		enum mmu_prot prot;

		if (!mmu_query(pfn_to_virt(pfn), &mapped, &prot) ||
		    pagedb_is_free(&kernel_mm.db, pfn) ||
		    !pattern_holds(pfn_to_virt(pfn), PAGE_SIZE, pfn.v))
			return false;
	}
	return true;
}

/* A page of a whole block that `alloc` filled. Single pages in use may hold an old pattern. */
static uint64_t *find_filled_page(void)
{
	for (unsigned long block = 0; block < kernel_mm.db.nr_blocks; block++)
		if (is_filled(block))
			return pfn_to_virt(pfn_add(block_pfn(block), 1));
	return NULL;
}

static void a_damaged_frame_is_found(void)
{
	unsigned long before = guest_test_used();
	uint64_t *page;

	CHECK(shell_run("alloc 2M") == 0, "no memory");
	page = find_filled_page();
	CHECK(page, "nothing is filled");
	if (page)
		page[100] ^= 1;
	CHECK(shell_run("free all") == -EIO, "one bit is wrong and nobody saw it");
	CHECK(guest_test_used() == before, "%lu frames used, before it was %lu", guest_test_used(),
	      before);
}

/* What the list says cannot be believed any more: nothing is freed by it. */
static void a_damaged_list_is_not_followed(void)
{
	unsigned long before = guest_test_used();
	uint64_t *page;

	CHECK(shell_run("alloc 2M") == 0, "no memory");
	page = find_filled_page();
	CHECK(page, "nothing is filled");
	if (page)
		*(uint64_t *)ALIGN_DOWN((uintptr_t)page, BLOCK_SIZE) ^= 1UL << 20;
	CHECK(shell_run("free all") == -EIO, "the list was followed");
	CHECK(guest_test_used() == before + BLOCK_FRAMES, "%lu frames used, before it was %lu",
	      guest_test_used(), before);
	CHECK(shell_run("alloc 1M; free all") == 0, "the shell did not live on");
}

int app_main(int argc, char **argv)
{
	unsigned long grown = present(), before = guest_test_used();

	CHECK(argc == 3 && strcmp(argv[1], "a b") == 0 && strcmp(argv[2], "quiet") == 0,
	      "the application got %d words", argc);
	CHECK(grown >= (40 + 16) * MIB_FRAMES, "the guest has %lu frames", grown);
	CHECK(shell_run("alloc 20M; alloc 3M; alloc 5K; free 22M") == 0, "a command failed");
	CHECK(guest_test_used() == before + MIB_FRAMES + 2, "%lu frames used, before it was %lu",
	      guest_test_used(), before);
	CHECK(shell_run("free all") == 0, "what was left is damaged");
	CHECK(guest_test_used() == before, "%lu frames used, before it was %lu", guest_test_used(),
	      before);
	CHECK(present() == grown, "the guest grew to %lu frames", present());
	a_damaged_frame_is_found();
	a_damaged_list_is_not_followed();
	return guest_test_done();
}
