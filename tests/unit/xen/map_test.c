/* SPDX-License-Identifier: MIT */
/* The mapping region over the fake Xen, with a fault at every hypercall and every entry. */
#include <mm/map.h>
#include <sched/thread.h>
#include <string.h>

#include "sched/stack.h"
#include "xen.h"

#define PAGES 700UL /* two transactions, three tables */

static const struct fake_setup setup = {
	.machine = 32 * MIB, .frames = 8 * MIB, .ceiling = 8 * MIB, .run = 512, .clean = true};

static pfn_t frame[PAGES];

/* Mappings of this process outlive a machine, as its addresses do: all are removed by then. */
static void start(void)
{
	start_on(&setup);
	for (unsigned long i = 0; i < PAGES; i++)
		frame[i] = virt_to_pfn(fake_take(0, PAGE_FIXED));
}

static bool shows_frames(const char *va)
{
	for (unsigned long i = 0; i < PAGES; i++)
		if (memcmp(va + i * PAGE_SIZE, pfn_to_virt(frame[i]), PAGE_SIZE) != 0)
			return false;
	return true;
}

static void a_mapping_shows_the_frames(void **state)
{
	char *va;

	(void)state;
	start();
	va = map_frames(frame, PAGES, MMU_RW);
	assert_non_null(va);
	assert_true(shows_frames(va));
	va[PAGE_SIZE + 100] = 77;
	assert_int_equal(((char *)pfn_to_virt(frame[1]))[100], 77);
	fake_check();
	assert_int_equal(map_remove(va), 0);
	fake_check();
}

/* Removes until it is done: a refusal leaves what can be removed again. */
static void remove_after_all(void *va)
{
	fake_no_faults();
	assert_int_equal(map_remove(va), 0);
}

static unsigned long count(const struct fake_events *events, bool calls)
{
	return calls ? events->calls : events->updates;
}

/* One fault while mapping, of a call or of an entry. False: there are fewer. */
static bool mapping_fails(struct fake_fault fault, bool calls)
{
	struct fake_faults faults = {0};
	struct fake_events events;
	char *va;

	*(calls ? &faults.call : &faults.update) = fault;
	start();
	fake_set_faults(&faults);
	va = map_frames(frame, PAGES, MMU_RO);
	events = fake_events();
	if (va)
		assert_true(shows_frames(va));
	else
		assert_int_equal(map_nr_pages(), 0);
	fake_check();
	if (va)
		remove_after_all(va);
	fake_check();
	return count(&events, calls) >= fault.at;
}

static void a_mapping_that_is_refused_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned long at = 1; mapping_fails((struct fake_fault){at, 0}, true); at++)
		;
	for (unsigned long at = 1; mapping_fails((struct fake_fault){at, 0}, false); at++)
		;
}

/* The same while removing; the rest of the mapping is removed by a second try. */
static bool removing_fails(struct fake_fault fault, bool calls)
{
	struct fake_faults faults = {0};
	struct fake_events events;
	char *va;
	int err;

	*(calls ? &faults.call : &faults.update) = fault;
	start();
	va = map_frames(frame, PAGES, MMU_RW);
	fake_set_faults(&faults);
	err = map_remove(va);
	events = fake_events();
	if (err)
		remove_after_all(va);
	assert_int_equal(map_nr_pages(), 0);
	fake_check();
	return count(&events, calls) >= fault.at;
}

static void a_removal_that_is_refused_can_be_tried_again(void **state)
{
	(void)state;
	for (unsigned long at = 1; removing_fails((struct fake_fault){at, 0}, true); at++)
		;
	for (unsigned long at = 1; removing_fails((struct fake_fault){at, 0}, false); at++)
		;
	for (unsigned long at = 1; removing_fails((struct fake_fault){at, 1}, false); at++)
		;
}

/* Nothing free for page tables: no mapping, nothing lost. */
static void without_memory_for_tables_nothing_is_mapped(void **state)
{
	(void)state;
	start();
	take_all();
	assert_null(map_frames(frame, PAGES, MMU_RW));
	assert_int_equal(map_nr_pages(), 0);
	fake_check();
}

/* Refused half-way, and so is all that would undo it: what may be mapped is nobody's any more. */
static void a_stack_that_stays_half_mapped_is_not_used_again(void **state)
{
	struct fake_faults faults = {.update = {2, ~0UL}};
	struct stack stack;
	unsigned long free;

	(void)state;
	start();
	assert_int_equal(stack_alloc(&stack), 0);
	stack_free(&stack);
	free = kernel_mm.pages.nr_free;
	fake_set_faults(&faults);
	assert_int_equal(stack_alloc(&stack), -ENOMEM);
	fake_no_faults();
	assert_int_equal(map_nr_pages(), 1UL << THREAD_STACK_ORDER);
	assert_int_equal(kernel_mm.pages.nr_free, free - (1UL << THREAD_STACK_ORDER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapping_shows_the_frames),
		cmocka_unit_test(a_mapping_that_is_refused_leaves_nothing),
		cmocka_unit_test(a_removal_that_is_refused_can_be_tried_again),
		cmocka_unit_test(without_memory_for_tables_nothing_is_mapped),
		cmocka_unit_test(a_stack_that_stays_half_mapped_is_not_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
