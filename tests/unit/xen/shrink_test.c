/* SPDX-License-Identifier: MIT */
/*
 * Giving back under the fake Xen, with a fault wherever one can be. After each: our count is Xen's,
 * every frame is in one state, what is free can be used, and the guest grows to its ceiling again.
 */
#include "xen.h"

/* Places tried of each kind of fault and operation: all of them, or so many evenly spread. */
#define PLACES_MAX 24UL

struct operation {
	unsigned int
		run; /* machine frames that are neighbours: 8 makes every block a scattered one */
	unsigned long frames;
};

static const struct operation operations[] = {
	{2048, 3 * BLOCK_FRAMES}, /* whole blocks, each an extent to Xen */
	{8, 3 * BLOCK_FRAMES},	  /* whole blocks, frame by frame */
	{8, 600},		  /* a block, and then single frames */
	{64, 28 * MIB},		  /* all that is free */
};

static struct fake_setup setup = {
	.machine = 128 * MIB,
	.frames = 28 * MIB,
	.ceiling = 28 * MIB,
};

static void begin(const struct operation *op)
{
	setup.run = op->run;
	start_on(&setup);
	fake_no_faults();
}

/* What went is gone; an error means that nothing went, and is one that the contract lists. */
static void give_back(const struct operation *op)
{
	unsigned long shrunk, before = present();
	int err = balloon_shrink(op->frames, &shrunk);

	assert_int_equal(present(), before - shrunk);
	assert_true(err == 0 ? shrunk > 0 : shrunk == 0);
	assert_true(err == 0 || err == -ENOSPC || err == -EAGAIN || err == -EIO);
}

static void check(bool losing, unsigned long gone)
{
	if (losing)
		fake_check_losing(gone);
	else
		fake_check();
}

/* `losing`: so many refusals that frames may be lost; if not, none may. */
static void run_with(const struct operation *op, struct fake_faults faults, bool losing)
{
	unsigned long gone;

	begin(op);
	fake_set_faults(&faults);
	give_back(op);
	fake_no_faults();
	gone = lost_frames();
	assert_true(losing || gone == 0);
	check(losing, gone);
	for (int i = 0; i < 4 && present() + gone < setup.ceiling; i++) {
		fake_wait(LONG_PAUSE);
		grow_by(setup.ceiling);
	}
	check(losing, gone);
	take_all();
	check(losing, gone);
}

static struct fake_events count_events(const struct operation *op)
{
	begin(op);
	give_back(op);
	return fake_events();
}

#define for_each_operation(op)                                                                  \
	for (const struct operation *op = operations; op < operations + ARRAY_SIZE(operations); \
	     op++)

#define for_each_place(at, nr) for (unsigned long at = 1; at <= (nr); at += 1 + (nr) / PLACES_MAX)

static void without_a_fault_all_of_it_goes(void **state)
{
	(void)state;
	for_each_operation(op) run_with(op, (struct fake_faults){0}, false);
}

static void a_release_may_fall_short_anywhere(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(op).releases;

		for_each_place(at, nr)
		{
			run_with(op, (struct fake_faults){.release = {at, 0}}, false);
			run_with(op, (struct fake_faults){.release = {at, ~0UL}}, false);
		}
	}
}

static void any_hypercall_may_be_refused(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(op).calls;

		for_each_place(at, nr)
		{
			run_with(op, (struct fake_faults){.call = {at, 0}}, false);
			run_with(op, (struct fake_faults){.call = {at, 1}}, true);
			run_with(op, (struct fake_faults){.call = {at, ~0UL}}, true);
		}
	}
}

static void unmapping_may_be_refused_at_any_entry(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		unsigned long nr = count_events(op).updates;

		for_each_place(at, nr)
		{
			run_with(op, (struct fake_faults){.update = {at, 0}}, false);
			run_with(op, (struct fake_faults){.update = {at, 1}}, true);
		}
	}
}

static void what_stays_half_unmapped_is_said(void **state)
{
	(void)state;
	begin(&operations[0]);
	fake_set_faults(&(struct fake_faults){.update = {2, 1}});
	give_back(&operations[0]);
	fake_no_faults();
	if (!strstr(said_last, "1536 frames leaked"))
		fail_msg("the last line is '%s'", said_last);
}

/* The host takes none of so many extents, from one on; returns how many frames went. */
static unsigned long taken_but(unsigned long at, unsigned long extents)
{
	unsigned long shrunk;

	begin(&operations[0]);
	fake_set_faults(&(struct fake_faults){.release = {at, extents - 1}});
	balloon_shrink(operations[0].frames, &shrunk);
	fake_no_faults();
	fake_check();
	return shrunk;
}

static void a_host_that_takes_nothing_is_offered_other_blocks_and_then_frames(void **state)
{
	(void)state;
	assert_int_equal(taken_but(1, 1), operations[0].frames);
	assert_int_equal(taken_but(1, 2), operations[0].frames);
	assert_int_equal(taken_but(1, 3), 0);
	assert_int_equal(taken_but(2, 1), BLOCK_FRAMES);
}

static void what_did_not_go_may_be_refused_its_mapping(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		struct fake_events events = count_events(op);

		for_each_place(at, events.releases)
			run_with(op,
				 (struct fake_faults){
					 .release = {at, 0},
					 .update = {events.updates + 1 + at % 3, 0},
				 },
				 true);
	}
}

/* It stopped inside an extent, and does not say how many frames are left. */
static void the_count_may_be_refused_after_a_short_release(void **state)
{
	(void)state;
	for_each_operation(op)
	{
		struct fake_events events = count_events(op);

		for_each_place(at, events.releases) for (unsigned long call = 3; call <= 6; call++)
			run_with(op,
				 (struct fake_faults){
					 .release = {at, 0},
					 .call = {call, 0},
				 },
				 true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_fault_all_of_it_goes),
		cmocka_unit_test(a_release_may_fall_short_anywhere),
		cmocka_unit_test(any_hypercall_may_be_refused),
		cmocka_unit_test(unmapping_may_be_refused_at_any_entry),
		cmocka_unit_test(what_stays_half_unmapped_is_said),
		cmocka_unit_test(a_host_that_takes_nothing_is_offered_other_blocks_and_then_frames),
		cmocka_unit_test(what_did_not_go_may_be_refused_its_mapping),
		cmocka_unit_test(the_count_may_be_refused_after_a_short_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
