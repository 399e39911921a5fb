/* SPDX-License-Identifier: MIT */
/* The port that unit tests stand on: what it promises of page tables, the clock and contexts. */
#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/page.h>
#include <asm/linux.h>
#include <asm/process.h>
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "arch/linux/pagetable.h"

#define NR_FRAMES 1000UL

static pfn_t stash_frame[8];
static struct frame_stash stash = {stash_frame, 0, ARRAY_SIZE(stash_frame)};
static char *mappings = (char *)LAYOUT_MAPPINGS_BASE;

/* A machine of NR_FRAMES, the last of them in a stash for tables. */
static int start(void **state)
{
	(void)state;
	linux_memory_init(NR_FRAMES);
	stash.nr = 0;
	for (unsigned long i = 1; i <= stash.max; i++)
		stash_push(&stash, PFN(NR_FRAMES - i));
	return 0;
}

static bool is_mapped(const void *va, pfn_t frame, enum mmu_prot as)
{
	enum mmu_prot prot;
	pfn_t pfn;

	return mmu_query(va, &pfn, &prot) && pfn_eq(pfn, frame) && prot == as;
}

static bool is_nothing(const void *va)
{
	enum mmu_prot prot;
	pfn_t pfn;

	return !mmu_query(va, &pfn, &prot);
}

static void boot_memory_is_mapped_and_nothing_else(void **state)
{
	(void)state;
	assert_true(is_mapped(pfn_to_virt(PFN(0)), PFN(0), MMU_RW));
	assert_true(is_mapped(pfn_to_virt(PFN(NR_FRAMES - 1)), PFN(NR_FRAMES - 1), MMU_RW));
	assert_true(is_nothing(pfn_to_virt(PFN(NR_FRAMES))));
	assert_true(is_nothing(mappings));
	assert_true(is_nothing(&stash));
	assert_int_equal(boot_info.nr_ranges, 2);
	memset(pfn_to_virt(PFN(0)), 1, NR_FRAMES * PAGE_SIZE);
	start(NULL);
	assert_int_equal(*(char *)pfn_to_virt(PFN(7)), 0);
}

static void a_frame_mapped_twice_is_one_frame(void **state)
{
	(void)state;
	assert_int_equal(mmu_prepare(mappings, 2, MMU_PAGES, &stash), 0);
	mmu_map(mappings, PFN(5), MMU_RW);
	mmu_map(mappings + PAGE_SIZE, PFN(5), MMU_RO);
	assert_int_equal(mmu_commit(NULL), 0);
	strcpy(mappings, "one frame");
	assert_string_equal(mappings + PAGE_SIZE, "one frame");
	assert_string_equal((char *)pfn_to_virt(PFN(5)), "one frame");
}

static void tables_come_out_of_the_stash_and_stay(void **state)
{
	(void)state;
	assert_int_equal(mmu_tables_needed(mappings, 513, MMU_PAGES), 3);
	stash.nr = 2;
	assert_int_equal(mmu_prepare(mappings, 513, MMU_PAGES, &stash), -ENOMEM);
	assert_int_equal(stash.nr, 2);
	stash.nr = 3;
	assert_int_equal(mmu_prepare(mappings, 513, MMU_PAGES, &stash), 0);
	assert_int_equal(stash.nr, 0);
	assert_int_equal(linux_nr_tables(), 3);
	assert_int_equal(mmu_tables_needed(mappings, 513, MMU_PAGES), 0);
	linux_use_tables(false);
	assert_int_equal(mmu_block_tables(false), 0);
	assert_int_equal(mmu_tables_needed(mappings + 4 * BLOCK_SIZE, 1, MMU_PAGES), 0);
}

static void a_commit_that_is_refused_is_undone_whole(void **state)
{
	uint64_t absent[BLOCK_FRAMES / 64] = {1};

	(void)state;
	assert_int_equal(mmu_prepare(mappings, 1, MMU_PAGES, &stash), 0);
	assert_int_equal(mmu_prepare(pfn_to_virt(PFN(1024)), 512, MMU_BLOCKS, &stash), 0);
	for (unsigned int refused = 0; refused < 2; refused++) {
		unsigned int had = stash.nr;

		linux_fail_commit(refused ? 0 : 1);
		mmu_map(mappings, PFN(3), MMU_RO);
		mmu_map_block(PFN(1024), absent, &stash);
		assert_int_equal(mmu_commit(&stash), refused ? 0 : -EIO);
		assert_int_equal(stash.nr, refused ? had - 1 : had);
		assert_int_equal(is_mapped(mappings, PFN(3), MMU_RO), refused);
		assert_int_equal(is_mapped(pfn_to_virt(PFN(1025)), PFN(1025), MMU_RW), refused);
		assert_true(is_nothing(pfn_to_virt(PFN(1024))));
	}
}

/* Linux itself looks, so that nothing faults. */
static bool is_readable(const void *va)
{
	int ends[2];
	bool is;

	assert_int_equal(pipe(ends), 0);
	is = write(ends[1], va, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return is;
}

static unsigned long max_mappings(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long max = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu", &max), 1);
	fclose(file);
	return max;
}

#define QUEUED	 100U
#define MANY	 131072UL
#define FRAME(i) PFN(NR_FRAMES + (i))

/* Maps pages that are no neighbours' neighbours. */
static void map_alone(unsigned long i)
{
	mmu_map(pfn_to_virt(FRAME(i)), PFN(1), MMU_RW);
}

/* Makes a hole beside each that stays. */
static void unmap_every_second(unsigned long i)
{
	mmu_unmap(pfn_to_virt(FRAME(2 * i)));
}

/* Until Linux refuses, or MANY are done; how many were. */
static unsigned long change_until_refused(void (*change)(unsigned long i), int *err)
{
	unsigned long nr = 0;

	for (*err = 0; !*err && nr < MANY; nr += *err ? 0 : QUEUED) {
		for (unsigned long i = nr; i < nr + QUEUED; i++)
			change(i);
		*err = mmu_commit(NULL);
	}
	return nr;
}

static bool page_is(unsigned long i, bool is_there)
{
	const char *va = pfn_to_virt(FRAME(i));

	return is_nothing(va) != is_there && is_readable(va) == is_there;
}

/* No mapping is left for a report: what is found is judged on a machine anew. */
static void expect_refused(void (*change)(unsigned long i), bool maps)
{
	unsigned long max = max_mappings(), step = maps ? 1 : 2, nr, wrong = 0;
	int err;

	nr = change_until_refused(change, &err);
	for (unsigned long i = step * (nr - QUEUED); i < step * (nr + QUEUED); i++)
		wrong += !page_is(i, (i < step * nr && i % step == 0) == maps);
	munmap(pfn_to_virt(PFN(0)), LAYOUT_DIRECTMAP_SIZE);
	start(NULL);
	assert_int_equal(err, -EIO);
	assert_in_range(nr, max / 4, max);
	assert_int_equal(wrong, 0);
}

/* A process may have so many mappings, and no more: what is refused half-way is undone. */
static void what_linux_refuses_is_undone(void **state)
{
	(void)state;
	if (max_mappings() > MANY)
		skip();
	linux_use_tables(false);
	assert_int_equal(mmu_prepare(pfn_to_virt(FRAME(0)), MANY, MMU_PAGES, NULL), 0);
	expect_refused(map_alone, true);
	linux_memory_init(NR_FRAMES + 2 * (MANY + QUEUED));
	expect_refused(unmap_every_second, false);
}

static void what_is_not_prepared_or_mapped_twice_is_a_bug(void **state)
{
	(void)state;
	expect_assert_failure(mmu_map(mappings, PFN(1), MMU_RW));
	start(NULL);
	mmu_map(pfn_to_virt(PFN(1)), PFN(1), MMU_RW);
	expect_assert_failure(assert_int_equal(mmu_commit(NULL), 0));
	start(NULL);
	mmu_unmap(pfn_to_virt(PFN(NR_FRAMES)));
	expect_assert_failure(assert_int_equal(mmu_commit(NULL), 0));
}

/* Its frames went one by one, and then its part of the direct map. */
static void a_block_that_went_is_known_for_what_it_was(void **state)
{
	pfn_t first = PFN(0);
	uint64_t ms;

	(void)state;
	linux_use_tables(false);
	assert_false(linux_pt_released(pfn_to_virt(first), &ms));
	for (unsigned int i = 0; i < BLOCK_FRAMES; i++)
		mmu_unmap(pfn_to_virt(PFN(i)));
	assert_int_equal(mmu_commit(NULL), 0);
	linux_stop_clock(5000000000);
	assert_int_equal(linux_release(first, BLOCK_FRAMES), 0);
	mmu_unmap_block(first);
	assert_int_equal(mmu_commit(NULL), 0);
	assert_false(mmu_block_is_mapped(first));
	assert_true(linux_pt_released(pfn_to_virt(PFN(7)), &ms));
	assert_int_equal(ms, 5000);
}

static void a_clock_that_stands_goes_to_the_deadline(void **state)
{
	uint64_t before = clock_ns();

	(void)state;
	assert_true(clock_ns() >= before);
	linux_stop_clock(1000);
	assert_int_equal(clock_ns(), 1000);
	irq_disable();
	timer_arm(5000000000);
	cpu_wait();
	irq_enable();
	assert_int_equal(clock_ns(), 5000000000);
}

static struct cpu_context main_context, context[2];
static unsigned int switches;

static void take_turns(void *arg)
{
	unsigned int self = *(unsigned int *)arg;

	for (;;) {
		switches = switches * 10 + self + 1;
		cpu_context_switch(&context[self], self ? &main_context : &context[1]);
	}
}

static void contexts_go_on_where_they_stopped(void **state)
{
	static char stack[2][64 * 1024] __aligned(16);
	static unsigned int self[2] = {0, 1};

	(void)state;
	switches = 0;
	for (unsigned int i = 0; i < 2; i++)
		cpu_context_init(&context[i], stack[i] + sizeof(stack[i]), take_turns, &self[i]);
	for (unsigned int i = 0; i < 3; i++)
		cpu_context_switch(&main_context, &context[0]);
	assert_int_equal(switches, 121212);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(boot_memory_is_mapped_and_nothing_else, start),
		cmocka_unit_test_setup(a_frame_mapped_twice_is_one_frame, start),
		cmocka_unit_test_setup(tables_come_out_of_the_stash_and_stay, start),
		cmocka_unit_test_setup(a_commit_that_is_refused_is_undone_whole, start),
		cmocka_unit_test_setup(what_linux_refuses_is_undone, start),
		cmocka_unit_test_setup(what_is_not_prepared_or_mapped_twice_is_a_bug, start),
		cmocka_unit_test_setup(a_block_that_went_is_known_for_what_it_was, start),
		cmocka_unit_test_setup(a_clock_that_stands_goes_to_the_deadline, start),
		cmocka_unit_test_setup(contexts_go_on_where_they_stopped, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
