/* SPDX-License-Identifier: MIT */
/*
 * Random operations on random machines, with random faults: a million a run, from a printed seed.
 * What is cheap to check is checked after each, everything after each fault and now and then.
 */
#include <arch/layout.h>
#include <mm/map.h>

#include "balloon/control.h"
#include "balloon/shrink.h"
#include "balloon/target.h"
#include "tests/unit/random.h"
#include "xen.h"

#define OPERATIONS   1000000UL
#define PER_MACHINE  4000UL
#define CHECK_EVERY  2000UL
#define HELD_MAX     8192UL
#define MAPPINGS_MAX 16UL

struct run {
	void *va;
	unsigned int order;
};

static struct run held[HELD_MAX];
static unsigned long nr_held;

/* Runs that are mapped a second time are not given back meanwhile. */
static struct {
	struct run run;
	void *va;
} mapping[MAPPINGS_MAX];
static unsigned long nr_mappings;
static unsigned long gone; /* frames that were lost to faults on this machine */
static bool lossy;	   /* a fault came that may have cost something */

static void new_machine(void)
{
	struct fake_setup setup = {
		.machine = (24 + random_below(40)) * MIB,
		.frames = 4 * MIB + random_below(12 * MIB),
		.run = 1 + (unsigned int)random_below(512),
	};

	setup.ceiling = setup.frames + random_below(48 * MIB);
	balloon_target_none();
	nr_held = 0;
	lossy = false;
	gone = 0;
	start_on(&setup);
	fake_check();
}

static void take_some(void)
{
	unsigned int order = random_one_in(4) ? (unsigned int)random_below(11) : 0;
	void *va = nr_held < HELD_MAX - MAPPINGS_MAX
			   ? fake_take(order, random_one_in(3) ? PAGE_RECLAIMABLE : PAGE_FIXED)
			   : NULL;

	if (!va)
		return;
	held[nr_held].va = va;
	held[nr_held++].order = order;
}

static void give_some(void)
{
	unsigned long i;

	if (!nr_held)
		return;
	i = random_below(nr_held);
	fake_give(held[i].va, held[i].order);
	held[i] = held[--nr_held];
}

/* What is held now is given back, but for a few. */
static void give_most(void)
{
	while (nr_held > 8)
		give_some();
}

static void map_some(void)
{
	unsigned long i;
	struct run run;
	void *va;

	if (!nr_held || nr_mappings == MAPPINGS_MAX)
		return;
	/* Out of the hands of handlers that run meanwhile. */
	i = random_below(nr_held);
	run = held[i];
	held[i] = held[--nr_held];
	va = map_range(virt_to_pfn(run.va), 1UL << run.order, MMU_RO);
	if (va) {
		mapping[nr_mappings].va = va;
		mapping[nr_mappings++].run = run;
	} else {
		held[nr_held++] = run;
	}
}

static void unmap_some(void)
{
	unsigned long i;

	if (!nr_mappings)
		return;
	i = random_below(nr_mappings);
	if (map_remove(mapping[i].va))
		return;
	held[nr_held++] = mapping[i].run;
	mapping[i] = mapping[--nr_mappings];
}

static void shrink_by(unsigned long frames)
{
	unsigned long shrunk, before = present();
	int err;

	/* What was mapped and could not be unmapped must not be given back. */
	if (lossy)
		return;
	err = balloon_shrink(frames, &shrunk);
	assert_int_equal(present(), before - shrunk);
	assert_true(err == 0 ? shrunk > 0 : shrunk == 0);
}

/* Anything, or what can be reached. */
static void move_target(void)
{
	if (random_one_in(8))
		balloon_target_none();
	else if (random_one_in(8))
		balloon_target_set(random_u64());
	else
		balloon_target_set(random_below(64 * MIB));
}

/* A turn of the balloon's thread; it holds frames until the next, or until somebody is short. */
static void turn(void)
{
	if (!lossy)
		balloon_work_step();
}

static void move_ceiling(void)
{
	if (random_one_in(16))
		fake_set_ceiling(FAKE_UNLIMITED);
	else
		fake_set_ceiling(present() + random_below(8 * MIB) -
				 random_below(MIN(2 * MIB, present())));
}

static void take_in_handler(void)
{
	if (random_one_in(2))
		take_some();
	else
		give_some();
}

static struct fake_fault some_fault(void)
{
	return (struct fake_fault){1 + random_below(random_one_in(2) ? 4 : 64),
				   random_one_in(4) ? random_below(3) : 0};
}

/* Some fault from now on, until the next. */
static void set_fault(void)
{
	struct fake_faults faults = {0};

	switch (random_below(8)) {
	case 0:
		faults.extent = some_fault();
		faults.inside = lossy |= random_one_in(4);
		break;
	case 1:
		faults.call = some_fault();
		lossy |= faults.call.more > 0;
		break;
	case 2:
		faults.update = some_fault();
		lossy |= faults.update.more > 0;
		break;
	case 3:
		faults.no_blocks = true;
		break;
	case 4:
		faults.host_has_limit = true;
		faults.host_frames = random_below(4 * MIB);
		break;
	case 5:
	case 6:
		faults.on_interrupt = take_in_handler;
		break;
	default:
		break;
	}
	fake_set_faults(&faults);
}

static void check(void)
{
	fake_no_faults();
	balloon_shrink_cancel();
	gone = lost_frames();
	if (!lossy) {
		assert_int_equal(gone, 0);
		fake_check();
		return;
	}
	fake_check_losing(gone);
}

static void check_and_set_fault(void)
{
	check();
	set_fault();
}

static void operate(void)
{
	uint64_t what = random_below(1000);

	if (what < 520)
		take_some();
	else if (what < 952)
		give_some();
	else if (what < 960)
		turn();
	else if (what < 970)
		map_some();
	else if (what < 980)
		unmap_some();
	else if (what < 984)
		grow_by(1 + random_below(4 * MIB));
	else if (what < 986)
		shrink_by(1 + random_below(4 * MIB));
	else if (what < 987)
		move_target();
	else if (what < 990)
		fake_wait(random_below(200) * 1000000);
	else if (what < 995)
		move_ceiling();
	else if (what < 998)
		check_and_set_fault();
	else
		give_most();
}

/* Mappings that were refused, and whose undoing was refused too, are in nobody's list. */
static void unmap_the_forgotten(void)
{
	for (uint64_t va = LAYOUT_MAPPINGS_BASE; map_nr_pages(); va += PAGE_SIZE) {
		assert_true(lossy && va - LAYOUT_MAPPINGS_BASE < LAYOUT_MAPPINGS_SIZE);
		(void)map_remove((void *)(uintptr_t)va);
	}
}

/* The mapping region's addresses outlive a machine: nothing may be left there. */
static void end_machine(void)
{
	check();
	while (nr_mappings)
		unmap_some();
	unmap_the_forgotten();
	check();
	assert_grows_to(fake_tot_pages() + MIN(2 * MIB, fake_host_free()), gone);
	fake_check_losing(gone);
}

static void random_operations_keep_every_promise(void **state)
{
	(void)state;
	random_start();
	for (unsigned long n = 0; n < OPERATIONS; n++) {
		if (n % PER_MACHINE == 0) {
			if (n)
				end_machine();
			new_machine();
		}
		operate();
		if (!lossy)
			fake_check_counts();
		if (n % CHECK_EVERY == CHECK_EVERY - 1)
			check();
	}
	end_machine();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_keep_every_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
