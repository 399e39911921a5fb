/* SPDX-License-Identifier: MIT */
/*
 * How fast the TSC runs beside another counter, on a host that may take the processor away at any
 * point. A look at the counter lies between two reads of the TSC, so two looks bound the rate from
 * both sides. Time that is lost between the looks does no harm; time lost inside one makes the
 * bounds of that round wide. Each round can only narrow what is known.
 */
#include <asm/insn.h>

#include "timer.h"

#define FRACTION   24
#define ROUNDS_MIN 2
#define ROUNDS_MAX 64
#define SHORTEST   16 /* of what was asked for */
#define NARROW	   9  /* bounds that differ by 2^-9 are near enough */

/* A counter that does not get there in so many looks, of 50 ns and more, stands still. */
#define LOOKS_MAX 400000U

/* A round of more, of the TSC or the counter, is of no use: see the arithmetic below. */
#define TSC_MAX	  (1ULL << 38)
#define TICKS_MAX (1U << 30)

struct look {
	uint64_t before, after; /* by the TSC */
	uint32_t count;
};

enum round { ROUND_USED, ROUND_SPOILT, ROUND_STILL };

static bool look(const struct counter *counter, struct look *look)
{
	bool valid;

	look->before = rdtsc();
	valid = counter->read(&look->count);
	look->after = rdtsc();
	return valid;
}

/* By one tick more or less than was counted: both looks lie anywhere inside their ticks. */
static enum round bound(const struct counter *counter, const struct look *first,
			const struct look *last, struct rate *rate)
{
	uint64_t tsc = last->after - first->before;
	uint32_t ticks = (last->count - first->count) & counter->mask;

	if (tsc > TSC_MAX || ticks > MIN(counter->mask / 2, TICKS_MAX) ||
	    last->before < first->after)
		return ROUND_SPOILT;
	rate->most = (tsc << FRACTION) / (ticks - 1);
	rate->least = ((last->before - first->after) << FRACTION) / (ticks + 1);
	return ROUND_USED;
}

static enum round measure_round(const struct counter *counter, uint32_t ticks, uint64_t tsc,
				struct rate *rate)
{
	struct look first, last;

	if (counter->start)
		counter->start();
	if (!look(counter, &first))
		return ROUND_SPOILT;
	for (unsigned int i = 0; i < LOOKS_MAX; i++) {
		if (!look(counter, &last))
			return ROUND_SPOILT;
		if (((last.count - first.count) & counter->mask) >= ticks &&
		    last.before - first.after >= tsc)
			return bound(counter, &first, &last, rate);
	}
	return ROUND_STILL;
}

/*
 * Of two rounds that contradict each other the slower rate is wrong: the counter went once round
 * unseen.
 */
static void narrow(struct rate *rate, const struct rate *by)
{
	if (by->least > rate->most)
		return;
	if (by->most < rate->least) {
		*rate = *by;
		return;
	}
	rate->least = MAX(rate->least, by->least);
	rate->most = MIN(rate->most, by->most);
}

/* A round that the host spoilt was too long for it. */
bool rate_measure(const struct counter *counter, uint32_t ticks, uint64_t tsc, struct rate *rate)
{
	uint32_t least = MAX(ticks / SHORTEST, 2U);
	struct rate found;

	*rate = (struct rate){0, UINT64_MAX};
	for (unsigned int i = 0; i < ROUNDS_MAX; i++) {
		enum round result = measure_round(counter, ticks, tsc, &found);

		if (result == ROUND_STILL)
			return false;
		if (result == ROUND_USED)
			narrow(rate, &found);
		else
			ticks = MAX(ticks / 2, least);
		if (i + 1 >= ROUNDS_MIN && rate->most - rate->least <= rate->most >> NARROW)
			break;
	}
	return rate->most != UINT64_MAX;
}

static uint64_t middle(const struct rate *rate)
{
	return rate->least + (rate->most - rate->least) / 2;
}

uint64_t rate_tsc_hz(const struct rate *rate, uint64_t counter_hz)
{
	return (uint64_t)((unsigned __int128)middle(rate) * counter_hz >> FRACTION);
}

/* No TSC has 2^39 Hz: the shift loses nothing. */
uint64_t rate_counter_hz_least(const struct rate *rate, uint64_t tsc_hz)
{
	return (tsc_hz << FRACTION) / MAX(rate->most, (uint64_t)1);
}

uint32_t rate_error_ppm(const struct rate *rate)
{
	uint64_t wide = rate->most - rate->least;

	if (wide > UINT64_MAX / 1000000)
		return 1000000;
	return (uint32_t)(wide * 1000000 / (rate->most + rate->least));
}
