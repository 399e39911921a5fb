/* SPDX-License-Identifier: MIT */
/*
 * Every test of a program begins with interrupts on, and fails if they are off at its end, or on
 * where the allocator changes what an interrupt could look at.
 */
#include <mm/page_alloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "panic.h"

/* Weak: a program that links nothing which holds interrupts off has no such flag. */
extern bool linux_irqs_off __attribute__((weak));

static const struct CMUnitTest *tests;
static size_t nr_begun; /* tests that began; the one that runs is the last of them */

static int set_up(void **state)
{
	const struct CMUnitTest *test = &tests[nr_begun++];

	panic_seen = false;
	if (&linux_irqs_off)
		linux_irqs_off = false;
	return test->setup_func ? test->setup_func(state) : 0;
}

/* A panic that the test expected ended what it was in, with interrupts as they were there. */
static void run(void **state)
{
	tests[nr_begun - 1].test_func(state);
	if (&linux_irqs_off && linux_irqs_off && !panic_seen)
		fail_msg("interrupts were left off");
}

/* The page database's own, and what takes their place where the allocator calls them (ld --wrap).
 */
typeof(pagedb_set_state) __real_pagedb_set_state, __wrap_pagedb_set_state;
typeof(pagedb_use) __real_pagedb_use, __wrap_pagedb_use;
typeof(pagedb_free) __real_pagedb_free, __wrap_pagedb_free;
#pragma weak __real_pagedb_set_state
#pragma weak __real_pagedb_use
#pragma weak __real_pagedb_free
#pragma weak page_alloc_init

/* A test of the page database alone has no allocator, and does as it likes. */
static void assert_interrupts_off(const char *what)
{
	if (&page_alloc_init && !linux_irqs_off)
		fail_msg("%s with interrupts on", what);
}

void __wrap_pagedb_set_state(struct pagedb *db, unsigned long block, enum block_state from,
			     enum block_state to)
{
	assert_interrupts_off("the state of a block changes");
	__real_pagedb_set_state(db, block, from, to);
}

void __wrap_pagedb_use(struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	assert_interrupts_off("frames are used");
	__real_pagedb_use(db, first, nr_frames);
}

void __wrap_pagedb_free(struct pagedb *db, pfn_t first, unsigned long nr_frames)
{
	assert_interrupts_off("frames are freed");
	__real_pagedb_free(db, first, nr_frames);
}

/* cmocka's own, and what takes its place at each call (ld --wrap). */
int __real__cmocka_run_group_tests(const char *name, const struct CMUnitTest *list, size_t nr,
				   CMFixtureFunction begin, CMFixtureFunction end);
int __wrap__cmocka_run_group_tests(const char *name, const struct CMUnitTest *list, size_t nr,
				   CMFixtureFunction begin, CMFixtureFunction end);

int __wrap__cmocka_run_group_tests(const char *name, const struct CMUnitTest *list, size_t nr,
				   CMFixtureFunction begin, CMFixtureFunction end)
{
	struct CMUnitTest *watched = calloc(nr, sizeof(*watched));
	int failed;

	tests = list;
	nr_begun = 0;
	for (size_t i = 0; watched && i < nr; i++) {
		watched[i] = list[i];
		watched[i].setup_func = set_up;
		watched[i].test_func = run;
	}
	failed = watched ? __real__cmocka_run_group_tests(name, watched, nr, begin, end) : 1;
	free(watched);
	return failed;
}
