/* SPDX-License-Identifier: MIT */
/*
 * Growth under the fake Xen, with a fault at every place where one can be: each time a clean
 * answer, nothing lost that need not be, all invariants, and a later growth that reaches the
 * ceiling.
 */
#include "xen.h"

/* Grows over the edges of every upper table and of the page database: blocks 14 to 29. */
static const struct fake_setup setup = {
	.machine = 128 * MIB,
	.frames = 28 * MIB,
	.ceiling = 62 * MIB,
	.run = 2048,
	.clean = true,
};

/* ---- what is done while a fault is set: each grows by some, in a way of its own ---- */

static int grow_blocks(void)
{
	return grow_by(32 * MIB);
}

static int grow_frames(void)
{
	fake_faults.no_blocks = true;
	return grow_by(600);
}

/* A block that is there in part is filled first. */
static int fill_block(void)
{
	fake_set_ceiling(setup.frames + 100);
	if (grow_by(100) == 0)
		fake_set_ceiling(setup.ceiling);
	return grow_by(1000);
}

/* Nothing is free, and somebody asks for 2^order. */
static int run_short(unsigned int order)
{
	void *va;

	fake_set_ceiling(setup.frames);
	take_all();
	fake_wait(LONG_PAUSE);
	fake_set_ceiling(setup.ceiling);
	va = fake_take(order, PAGE_FIXED);
	return va ? 0 : -ENOMEM;
}

static int run_short_of_a_frame(void)
{
	return run_short(0);
}

static int run_short_of_a_block(void)
{
	return run_short(BLOCK_ORDER);
}

typedef int (*operation)(void);

static const operation operations[] = {grow_blocks, grow_frames, fill_block, run_short_of_a_frame,
				       run_short_of_a_block};

/* ---- before and after ---- */

/* Nothing is lost. */
static void run_with(operation run, const struct fake_faults *faults)
{
	start_on(&setup);
	fake_set_faults(faults);
	run();
	fake_no_faults();
	assert_int_equal(lost_frames(), 0);
	fake_check();
	assert_grows_to(setup.ceiling, 0);
	fake_check();
}

/* Something may be: no more than came, and no more metadata than it took. */
static void run_losing(operation run, const struct fake_faults *faults)
{
	unsigned long gone;

	start_on(&setup);
	fake_set_faults(faults);
	run();
	fake_no_faults();
	gone = lost_frames();
	assert_true(gone <= 34 * MIB);
	assert_true(fake_check_losing(gone) <= 64);
	assert_grows_to(setup.ceiling, gone);
	assert_true(fake_check_losing(gone) <= 64);
}

/* How many events of each kind a faultless run has. */
static struct fake_events count_events(operation run)
{
	start_on(&setup);
	assert_int_equal(run(), 0);
	return fake_events();
}

#define for_each_operation(op) \
	for (const operation *op = operations; op < operations + ARRAY_SIZE(operations); op++)

/*
 * The places of `nr` events: each of the first and last EDGE, and between, where hundreds of single
 * frames come one after another, one in STRIDE, which is odd: all places in a batch are met.
 */
#define EDGE   32UL
#define STRIDE 7UL

static unsigned long next_place(unsigned long at, unsigned long nr)
{
	return at < EDGE || at + EDGE >= nr ? at + 1 : at + STRIDE;
}

#define for_each_place(at, nr) for (unsigned long at = 1; at <= (nr); at = next_place(at, nr))

/* ---- the promises ---- */

static void without_a_fault_nothing_fails(void **state)
{
	(void)state;
	for_each_operation(op) run_with(*op, &(struct fake_faults){0});
}

static void the_host_may_fall_short_at_any_extent(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).extents;

		assert_true(nr > 0);
		for_each_place(at, nr) run_with(*op, &(struct fake_faults){.extent = {at, 0}});
	}
}

static void the_host_may_have_no_more_from_any_extent_on(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).extents;

		for_each_place(at, nr) run_with(*op, &(struct fake_faults){.extent = {at, ~0UL}});
	}
}

static void an_extent_may_be_lost_inside(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).extents;

		for_each_place(at, nr)
			run_losing(*op, &(struct fake_faults){.extent = {at, 0}, .inside = true});
	}
}

static void any_hypercall_may_be_refused(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).calls;

		for (unsigned long at = 1; at <= nr + 2; at++)
			run_with(*op, &(struct fake_faults){.call = {at, 0}});
	}
}

static void any_two_hypercalls_in_a_row_may_be_refused(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).calls;

		for_each_place(at, nr) run_losing(*op, &(struct fake_faults){.call = {at, 1}});
	}
}

static void all_hypercalls_may_be_refused_from_any_on(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).calls;

		for_each_place(at, nr) run_losing(*op, &(struct fake_faults){.call = {at, ~0UL}});
	}
}

static void an_update_of_the_tables_may_fail_anywhere(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).updates;

		assert_true(nr > 0);
		for_each_place(at, nr) run_with(*op, &(struct fake_faults){.update = {at, 0}});
	}
}

static void undoing_it_may_fail_as_well(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).updates;

		for_each_place(at, nr) run_losing(*op, &(struct fake_faults){.update = {at, 1}});
	}
}

static void undoing_may_stop_half_way(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(*op).updates;

		for_each_place(at, nr)
			run_losing(*op, &(struct fake_faults){.update = {at, 0}, .undo = 2});
	}
}

/* What came cannot be mapped, and the host takes only some of it back. */
static void fail_both(operation run, unsigned long update, unsigned long extents)
{
	struct fake_faults faults = {.update = {update, 0}};

	for (faults.release.at = 1; faults.release.at <= extents;
	     faults.release.at += 1 + faults.release.at / 4)
		run_losing(run, &faults);
}

static void what_cannot_be_mapped_may_not_go_back_either(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		struct fake_events events = count_events(*op);

		for (unsigned long at = events.updates; at > 0; at /= 2)
			fail_both(*op, at, events.extents);
	}
}

static void what_the_host_claims_too_much_is_not_believed(void **state)
{
	(void)state;
	for_each_operation(op) run_losing(*op, &(struct fake_faults){.boast = 1000});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_fault_nothing_fails),
		cmocka_unit_test(the_host_may_fall_short_at_any_extent),
		cmocka_unit_test(the_host_may_have_no_more_from_any_extent_on),
		cmocka_unit_test(an_extent_may_be_lost_inside),
		cmocka_unit_test(any_hypercall_may_be_refused),
		cmocka_unit_test(any_two_hypercalls_in_a_row_may_be_refused),
		cmocka_unit_test(all_hypercalls_may_be_refused_from_any_on),
		cmocka_unit_test(an_update_of_the_tables_may_fail_anywhere),
		cmocka_unit_test(undoing_it_may_fail_as_well),
		cmocka_unit_test(undoing_may_stop_half_way),
		cmocka_unit_test(what_cannot_be_mapped_may_not_go_back_either),
		cmocka_unit_test(what_the_host_claims_too_much_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
