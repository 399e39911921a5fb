/* SPDX-License-Identifier: MIT */
/*
 * The mapping region against a plain model: an array that says of every page of the region which
 * frame should be there. And the table of regions.
 */
#include <lib/errno.h>
#include <mm/map.h>
#include <mm/page.h>
#include <mm/region.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/memory.h"
#include "tests/unit/random.h"
#include "tests/unit/said.h"

#define MEMORY_FRAMES 8192UL
#define OPERATIONS    1100000
#define MAPPINGS      400
#define REGION_PAGES  (LAYOUT_MAPPINGS_SIZE / PAGE_SIZE)
#define MAP_PAGES     65536 /* of the region, that map.c uses */

struct mapping {
	char *va;
	unsigned long nr;
	enum mmu_prot prot;
	pfn_t frame[12]; /* the first ones, if there are more */
};

static struct mapping mapping[MAPPINGS];
static unsigned long nr_mappings, nr_pages;

static int start(void **state)
{
	(void)state;
	memory_start(MEMORY_FRAMES);
	said_start();
	return 0;
}

static char *region_page(unsigned long page)
{
	return (char *)(uintptr_t)LAYOUT_MAPPINGS_BASE + page * PAGE_SIZE;
}

static bool is_mapped(const void *va)
{
	pfn_t pfn;
	enum mmu_prot prot;

	return mmu_query(va, &pfn, &prot);
}

static bool is_mapped_to(const void *va, pfn_t frame, enum mmu_prot expected)
{
	pfn_t pfn;
	enum mmu_prot prot;

	return mmu_query(va, &pfn, &prot) && pfn_eq(pfn, frame) && prot == expected;
}

static void assert_nothing_mapped(void)
{
	assert_int_equal(map_nr_pages(), 0);
	for (unsigned long page = 0; page < REGION_PAGES; page++)
		assert_false(is_mapped(region_page(page)));
}

/* ---- random operations ------------------------------------------------------------------------
 */

static void check_mapping(const struct mapping *m)
{
	for (unsigned long i = 0; i < m->nr; i++)
		assert_true(is_mapped_to(m->va + i * PAGE_SIZE, m->frame[i], m->prot));
	assert_false(is_mapped(m->va + m->nr * PAGE_SIZE));
	assert_false(is_mapped(m->va - PAGE_SIZE));
}

/* Inside the region, with its guards, and away from all others and theirs. */
static void check_addresses(const struct mapping *m)
{
	const char *base = region_page(0);

	assert_true(m->va > base && m->va + (m->nr + 1) * PAGE_SIZE <= base + LAYOUT_MAPPINGS_SIZE);
	for (unsigned long i = 0; i < nr_mappings; i++) {
		const struct mapping *other = &mapping[i];

		if (m->va < other->va + (other->nr + 1) * PAGE_SIZE &&
		    other->va < m->va + (m->nr + 1) * PAGE_SIZE)
			fail_msg("%p overlaps %p", (void *)m->va, (void *)other->va);
	}
}

static void do_map(void)
{
	struct mapping m = {.nr = 1 + random_below(random_one_in(4) ? 12 : 2)};
	pfn_t first = PFN(random_below(MEMORY_FRAMES - m.nr));
	bool range = random_one_in(2);

	m.prot = (enum mmu_prot)random_below(3);
	for (unsigned long i = 0; i < m.nr; i++)
		m.frame[i] = range ? pfn_add(first, i) : PFN(random_below(MEMORY_FRAMES));
	m.va = range ? map_range(first, m.nr, m.prot) : map_frames(m.frame, m.nr, m.prot);
	assert_non_null(m.va);
	check_addresses(&m);
	check_mapping(&m);
	mapping[nr_mappings++] = m;
	nr_pages += m.nr;
}

static void do_remove(void)
{
	struct mapping *m = &mapping[random_below(nr_mappings)];

	check_mapping(m);
	assert_int_equal(map_remove(m->va), 0);
	for (unsigned long i = 0; i < m->nr; i++)
		assert_false(is_mapped(m->va + i * PAGE_SIZE));
	nr_pages -= m->nr;
	*m = mapping[--nr_mappings];
}

static bool is_start(const char *va)
{
	for (unsigned long i = 0; i < nr_mappings; i++)
		if (mapping[i].va == va)
			return true;
	return false;
}

static void do_bad_remove(void)
{
	const struct mapping *m = &mapping[random_below(nr_mappings)];
	char *va = m->va + PAGE_SIZE * random_below(m->nr + 2) + (random_one_in(4) ? 8 : 0);

	if (is_start(va))
		return;
	said_start();
	assert_int_equal(map_remove(va), -EINVAL);
	assert_said_once("not the start of a mapping");
	check_mapping(m);
}

static void do_operation(bool growing)
{
	uint64_t kind = random_below(100);

	if (!nr_mappings || (nr_mappings < MAPPINGS && kind < (growing ? 30 : 15)))
		do_map();
	else if (kind < 50)
		do_remove();
	else if (kind < 90)
		check_mapping(&mapping[random_below(nr_mappings)]);
	else
		do_bad_remove();
}

static void random_operations_agree_with_a_model(void **state)
{
	(void)state;
	for (unsigned long n = 0; n < OPERATIONS; n++) {
		do_operation(n / 5000 % 2 == 0);
		assert_int_equal(map_nr_pages(), nr_pages);
	}
	while (nr_mappings)
		do_remove();
	assert_nothing_mapped();
}

/* ---- single promises --------------------------------------------------------------------------
 */

static void a_mapping_shows_the_same_memory_as_the_direct_map(void **state)
{
	pfn_t frame[3] = {PFN(700), PFN(650), PFN(700)};
	char *va = map_frames(frame, 3, MMU_RW), *direct = pfn_to_virt(PFN(700));

	(void)state;
	assert_non_null(va);
	strcpy(va, "written here");
	assert_string_equal(direct, "written here");
	assert_string_equal(va + 2 * PAGE_SIZE, "written here");
	strcpy(pfn_to_virt(PFN(650)), "and there");
	assert_string_equal(va + PAGE_SIZE, "and there");
	assert_int_equal(map_remove(va), 0);
	assert_nothing_mapped();
}

static void what_makes_no_sense_is_not_mapped(void **state)
{
	(void)state;
	assert_null(map_range(PFN(0), 0, MMU_RW));
	assert_null(map_range(PFN(0), REGION_PAGES, MMU_RW)); /* no room for the guard */
	assert_null(map_range(PFN(0), ~0UL, MMU_RW));
	assert_null(map_frames(NULL, 0, MMU_RW));
	assert_nothing_mapped();
}

static void assert_not_removed(void *va)
{
	unsigned long mapped = map_nr_pages();

	said_start();
	assert_int_equal(map_remove(va), -EINVAL);
	assert_said_once("not the start of a mapping");
	assert_int_equal(map_nr_pages(), mapped);
}

static void only_the_start_of_a_mapping_is_removed(void **state)
{
	char *va = map_range(PFN(100), 4, MMU_RO), *next = map_range(PFN(100), 1, MMU_RO);
	char *base = region_page(0);

	(void)state;
	assert_ptr_equal(next, va + 5 * PAGE_SIZE);
	for (size_t i = 1; i < 5; i++) /* its pages, its guard */
		assert_not_removed(va + i * PAGE_SIZE);
	assert_not_removed(va + 1);
	assert_not_removed(next + PAGE_SIZE);
	assert_not_removed(next + 2 * PAGE_SIZE);
	assert_not_removed(NULL);
	assert_not_removed(base - PAGE_SIZE);
	assert_not_removed(base + LAYOUT_MAPPINGS_SIZE);
	assert_not_removed(pfn_to_virt(PFN(100)));
	assert_int_equal(map_remove(va), 0);
	assert_not_removed(va);
	assert_int_equal(map_remove(next), 0);
	assert_nothing_mapped();
}

static void machine_frames_are_mapped_and_removed_too(void **state)
{
	char *va = map_machine(MFN(0xfee00), 3, MMU_RW);

	(void)state;
	assert_non_null(va);
	assert_int_equal(map_nr_pages(), 3);
	assert_false(is_mapped(va)); /* no RAM of ours */
	assert_int_equal(map_remove(va), 0);
	assert_nothing_mapped();
}

static char *filling[MAP_PAGES];

/* Mappings of three pages until there are no more addresses; how many. */
static unsigned long fill_region(void)
{
	unsigned long n = 0;

	while (n < MAP_PAGES && (filling[n] = map_range(PFN(n % (MEMORY_FRAMES - 3)), 3, MMU_RO)))
		n++;
	return n;
}

static void empty_region(unsigned long n)
{
	while (n--)
		assert_int_equal(map_remove(filling[n]), 0);
}

static void the_whole_region_serves_and_serves_again(void **state)
{
	unsigned long n = fill_region();
	char *whole;

	(void)state;
	assert_in_range(n, MAP_PAGES / 4 - 1, MAP_PAGES / 4); /* with their guards */
	assert_int_equal(map_remove(filling[n / 2]), 0);
	assert_ptr_equal(map_range(PFN(0), 3, MMU_RO), filling[n / 2]);
	assert_null(map_range(PFN(0), 3, MMU_RO));
	empty_region(n);
	assert_nothing_mapped();
	whole = map_range(PFN(0), MEMORY_FRAMES, MMU_RW);
	assert_non_null(whole);
	assert_int_equal(map_remove(whole), 0);
	assert_said_nothing();
}

/* ---- failure ----------------------------------------------------------------------------------
 */

/* Frames that are free, or tables of the region: what may not change together. */
static unsigned long frames_free_or_hooked(void)
{
	return kernel_mm.pages.nr_free - mmu_tables_needed(region_page(0), REGION_PAGES, MMU_PAGES);
}

static void a_commit_refused_at_any_point_leaves_nothing(void **state)
{
	unsigned long frames = frames_free_or_hooked();
	unsigned int n;
	char *va = NULL;

	(void)state;
	for (n = 1; !va; n++) {
		linux_fail_commit(n);
		va = map_range(PFN(0), 3000, MMU_RW);
		linux_fail_commit(0);
		assert_int_equal(frames_free_or_hooked(), frames);
		if (!va)
			assert_nothing_mapped();
	}
	assert_in_range(n, 4, 100);
	assert_int_equal(map_nr_pages(), 3000);
	assert_int_equal(map_remove(va), 0);
	assert_nothing_mapped();
}

static void no_memory_for_tables_leaves_nothing(void **state)
{
	unsigned long left, frames = frames_free_or_hooked();
	char *va = NULL;

	(void)state;
	for (left = 0; !va; left++) {
		memory_take_all_but(left);
		va = map_range(PFN(0), 3000, MMU_RW);
		if (!va)
			assert_nothing_mapped();
		memory_release();
		assert_int_equal(frames_free_or_hooked(), frames);
	}
	assert_null(page_alloc_check(&kernel_mm.pages));
	assert_int_equal(map_remove(va), 0);
	assert_nothing_mapped();
}

/* What remains of a mapping of 1700 pages keeps its guard, whatever else is mapped. */
static void assert_guarded(char *va)
{
	unsigned long left = map_nr_pages() - 2, n = fill_region();

	for (unsigned long i = 0; i < left; i++)
		assert_true(is_mapped_to(va + i * PAGE_SIZE, PFN(i), MMU_RW));
	assert_false(is_mapped(va + left * PAGE_SIZE));
	empty_region(n);
}

static void a_removal_refused_can_be_repeated(void **state)
{
	char *va, *other;
	unsigned int n = 1;

	(void)state;
	for (int err = -EIO; err; n++) {
		va = map_range(PFN(0), 1700, MMU_RW);
		other = map_range(PFN(5), 2, MMU_RW);
		linux_fail_commit(n);
		err = map_remove(va);
		linux_fail_commit(0);
		if (err) {
			assert_int_equal(err, -EIO);
			assert_guarded(va);
			assert_int_equal(map_remove(va), 0);
		}
		assert_not_removed(va);
		assert_int_equal(map_nr_pages(), 2);
		assert_int_equal(map_remove(other), 0);
		assert_nothing_mapped();
	}
	assert_in_range(n, 4, 100);
}

/* ---- the table of regions ---------------------------------------------------------------------
 */

static void regions_are_found_by_number_and_by_address(void **state)
{
	(void)state;
	for (int id = 0; id < NR_REGIONS; id++) {
		const struct region *region = region_get((enum region_id)id);

		assert_ptr_equal(region_find((void *)(uintptr_t)region->base), region);
		assert_ptr_equal(region_find((void *)(uintptr_t)(region->base + region->size - 1)),
				 region);
		assert_ptr_not_equal(region_find((void *)(uintptr_t)(region->base - 1)), region);
		assert_ptr_not_equal(region_find((void *)(uintptr_t)(region->base + region->size)),
				     region);
	}
	assert_null(region_find(NULL));
	assert_string_equal(region_get(REGION_MAPPINGS)->name, "MAPPINGS");
	assert_int_equal(region_get(REGION_MAPPINGS)->base, LAYOUT_MAPPINGS_BASE);
}

static void the_table_is_printed_with_a_row_a_region(void **state)
{
	(void)state;
	region_print();
	assert_int_equal(said_lines, 1 + NR_REGIONS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_mapping_shows_the_same_memory_as_the_direct_map, start),
		cmocka_unit_test_setup(what_makes_no_sense_is_not_mapped, start),
		cmocka_unit_test_setup(only_the_start_of_a_mapping_is_removed, start),
		cmocka_unit_test_setup(machine_frames_are_mapped_and_removed_too, start),
		cmocka_unit_test_setup(the_whole_region_serves_and_serves_again, start),
		cmocka_unit_test_setup(a_commit_refused_at_any_point_leaves_nothing, start),
		cmocka_unit_test_setup(no_memory_for_tables_leaves_nothing, start),
		cmocka_unit_test_setup(a_removal_refused_can_be_repeated, start),
		cmocka_unit_test_setup(random_operations_agree_with_a_model, start),
		cmocka_unit_test_setup(regions_are_found_by_number_and_by_address, start),
		cmocka_unit_test_setup(the_table_is_printed_with_a_row_a_region, start),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
