/* SPDX-License-Identifier: MIT */
/* For tests of what policy decides: a state that differs from a calm one, and what is to be done.
 */
#ifndef TESTS_UNIT_POLICY_H
#define TESTS_UNIT_POLICY_H

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

static struct policy_state at;

/* The test's `calm` state, but for what is said: STATE(at.target = 1, at.free = 2) */
#define STATE(...) (at = calm, __VA_ARGS__, &at)

static inline void assert_does(const struct policy_state *s, enum policy_action action,
			       unsigned long frames)
{
	struct policy_decision d = policy_decide(s);

	if (d.action != action || d.frames != frames || d.wait)
		fail_msg("action %d of %lu frames, wait %llu; not %d of %lu", d.action, d.frames,
			 (unsigned long long)d.wait, action, frames);
}

static inline struct policy_decision assert_rests(const struct policy_state *s, uint64_t wait)
{
	struct policy_decision d = policy_decide(s);

	if (d.action != POLICY_REST || d.wait != wait)
		fail_msg("action %d of %lu frames, wait %llu; not rest for %llu", d.action,
			 d.frames, (unsigned long long)d.wait, (unsigned long long)wait);
	return d;
}

/* Anything up to 64 TiB, of a backend of such units. */
static inline struct policy_state any_state(unsigned long unit)
{
	struct policy_state s = {
		.unit = unit,
		.present = 1 + random_below(1UL << random_below(34)),
		.target = random_below(1UL << random_below(34)),
		.ceiling = random_one_in(3) ? NO_LIMIT : random_below(1UL << 34),
		.user_floor = random_one_in(2) ? 0 : random_below(1UL << 34),
		.over_target = random_one_in(2) ? 0 : random_below(1UL << random_below(34)),
		.since_shortage = random_below(20 * POLICY_S),
		.since_slow = random_below(3 * POLICY_S),
		.since_try = random_below(2 * POLICY_S),
		.pause = random_one_in(2) ? 0 : random_below(POLICY_S),
		.reclaimed = random_one_in(2),
	};

	s.free = random_below(s.present + 1);
	s.whole = random_below(s.free / MAX(unit, BLOCK_FRAMES) + 1);
	return s;
}

#endif
