/* SPDX-License-Identifier: MIT */
/*
 * How policy leads to the host's target: it plays against a guest and a host of plain numbers, from
 * turn to turn.
 */
#include <lib/addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "balloon/policy.h"
#include "tests/unit/random.h"

#define MIB	 256UL /* in frames */
#define NO_LIMIT (~0UL)

#define LONG_AGO (1000 * POLICY_S)

/* 128 MiB, of which 64 are free, all of them in whole blocks; a target of 96. */
static const struct policy_state calm = {
	.unit = 1,
	.present = 128 * MIB,
	.free = 64 * MIB,
	.whole = 32,
	.target = 96 * MIB,
	.ceiling = 512 * MIB,
	.since_shortage = LONG_AGO,
	.since_slow = LONG_AGO,
	.since_try = LONG_AGO,
};

struct world {
	struct policy_state s;
	uint64_t now, shortage_at, slow_at, try_at;
	unsigned int turns, shortages;
	unsigned long given; /* back to the host */
};

static void world_start(struct world *w, const struct policy_state *s)
{
	*w = (struct world){.s = *s, .now = LONG_AGO};
}

/* One turn; the host gives and takes what it is asked for. The time until the next. */
static uint64_t world_turn(struct world *w)
{
	struct policy_decision d;

	w->s.since_shortage = w->now - w->shortage_at;
	w->s.since_slow = w->now - w->slow_at;
	w->s.since_try = w->now - w->try_at;
	w->s.whole = w->s.free / BLOCK_FRAMES;
	d = policy_decide(&w->s);
	w->turns++;
	if (d.action == POLICY_RECLAIM)
		w->s.reclaimed = true;
	if (d.action == POLICY_GROW || d.action == POLICY_SHRINK) {
		long n = d.action == POLICY_GROW ? (long)d.frames : -(long)d.frames;

		w->s.present += (unsigned long)n;
		w->s.free += (unsigned long)n;
		w->s.pause = 0;
		w->given += d.action == POLICY_SHRINK ? d.frames : 0;
	}
	if (d.slow && d.action == POLICY_SHRINK) {
		w->s.over_target -= MIN(w->s.over_target, d.frames);
		w->slow_at = w->now;
	}
	if (d.stuck) {
		w->s.pause = d.wait;
		w->try_at = w->now;
		w->s.reclaimed = false;
	}
	return d.wait;
}

/* So many ns go by; it sleeps as long as it is told to. */
static void world_run(struct world *w, uint64_t ns)
{
	uint64_t end = w->now + ns;

	while (w->now < end) {
		uint64_t wait = world_turn(w);

		w->now += MIN(wait, end - w->now);
	}
}

/* The guest is short, and gets a step from the host. */
static void world_shortage(struct world *w, unsigned long frames)
{
	w->s.present += frames;
	w->s.free += frames;
	w->s.over_target = MIN(w->s.over_target + frames,
			       w->s.present > w->s.target ? w->s.present - w->s.target : 0);
	w->shortage_at = w->now;
	w->shortages++;
}

static void a_target_is_reached_to_the_frame(void **state)
{
	static const unsigned long target[] = {96 * MIB + 1, 1000 * MIB - 1, 77 * MIB + 300,
					       66 * MIB, 128 * MIB};
	struct world w;

	(void)state;
	world_start(&w, &calm);
	for (size_t i = 0; i < ARRAY_SIZE(target); i++) {
		w.s.target = target[i];
		w.s.ceiling = NO_LIMIT;
		world_run(&w, POLICY_S);
		assert_int_equal(w.s.present, target[i]);
		assert_int_equal(world_turn(&w), POLICY_NEVER);
	}
}

static void at_the_floor_it_waits_without_haste_and_goes_on_when_it_can(void **state)
{
	struct world w;

	(void)state;
	world_start(&w, &calm);
	w.s.target = 10 * MIB;
	world_run(&w, 10 * POLICY_S);
	assert_int_equal(w.s.present, 65 * MIB);
	w.turns = 0;
	world_run(&w, 100 * POLICY_S);
	assert_true(w.turns <= 2 * 101); /* a look, and a question to caches */
	/* Somebody frees 30 MiB: within a second they are gone. */
	w.s.free += 30 * MIB;
	world_run(&w, POLICY_S);
	assert_int_equal(w.s.present, 35 * MIB);
}

static void growing_and_shrinking_do_not_chase_each_other(void **state)
{
	struct world w;

	(void)state;
	/* Every five seconds somebody takes 40 MiB more than there are, and frees them again. */
	world_start(&w, &calm);
	w.s.target = 65 * MIB;
	world_run(&w, POLICY_S);
	w.given = 0;
	for (int i = 0; i < 100; i++) {
		if (w.s.free < 40 * MIB)
			world_shortage(&w, 40 * MIB);
		w.s.free -= 40 * MIB;
		world_run(&w, 1 * POLICY_S);
		w.s.free += 40 * MIB;
		world_run(&w, 4 * POLICY_S);
	}
	/* Not a hundred times, and not 4000 MiB: nothing goes within ten seconds of a shortage. */
	assert_true(w.shortages <= 500 / 15);
	assert_true(w.given <= 1400 * MIB);
	world_run(&w, 300 * POLICY_S);
	assert_int_equal(w.s.present, 65 * MIB);
	assert_int_equal(w.s.over_target, 0);
}

static void of_targets_that_change_ten_times_a_second_the_last_counts(void **state)
{
	struct world w;

	(void)state;
	random_start();
	world_start(&w, &calm);
	w.s.ceiling = NO_LIMIT;
	for (int i = 0; i < 1000; i++) {
		w.s.target = random_below(2000 * MIB);
		w.s.pause = 0;
		w.s.reclaimed = false;
		world_run(&w, POLICY_S / 10);
	}
	w.s.target = 100 * MIB + 7;
	w.s.pause = 0;
	world_run(&w, POLICY_S);
	assert_int_equal(w.s.present, 100 * MIB + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_is_reached_to_the_frame),
		cmocka_unit_test(at_the_floor_it_waits_without_haste_and_goes_on_when_it_can),
		cmocka_unit_test(growing_and_shrinking_do_not_chase_each_other),
		cmocka_unit_test(of_targets_that_change_ten_times_a_second_the_last_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
