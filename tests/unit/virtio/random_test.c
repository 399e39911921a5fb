/* SPDX-License-Identifier: MIT */
/*
 * Random operations over the virtio balloon, from a printed seed: growth and shrinking by command,
 * by the host's wish and by shortage, statistics and reports, with devices of every kind and pace.
 * The device holds what the guest does not have, and frames in use keep what is in them.
 */
#include <arch/cpu.h>

#include "balloon/control.h"
#include "balloon/report.h"
#include "tests/unit/random.h"
#include "virtio.h"

#define FRAMES	   (32 * MIB)
#define DEVICES	   24U
#define OPERATIONS 1500U
#define HELD_MAX   2048U
#define ORDERS	   10U
#define STRIDE	   13U /* from one page of a run that is written to the next: each is a page fault */

static struct {
	uint64_t *at;
	unsigned int order;
	uint64_t pattern;
} held[HELD_MAX];
static unsigned int nr_held;

static void hold(void)
{
	unsigned int order = (unsigned int)random_below(ORDERS);
	uint64_t *at = nr_held < HELD_MAX ? page_alloc(order, PAGE_FIXED) : NULL;

	if (!at)
		return;
	held[nr_held].at = at;
	held[nr_held].order = order;
	held[nr_held].pattern = random_u64();
	for (size_t i = 0; i < 1UL << order; i += STRIDE)
		at[i * PAGE_SIZE / sizeof(*at)] = held[nr_held].pattern + i;
	nr_held++;
}

static void let_go(void)
{
	unsigned int nr = nr_held ? (unsigned int)random_below(nr_held) : 0;

	if (!nr_held)
		return;
	for (size_t i = 0; i < 1UL << held[nr].order; i += STRIDE)
		assert_int_equal(held[nr].at[i * PAGE_SIZE / sizeof(uint64_t)],
				 held[nr].pattern + i);
	page_free(held[nr].at, held[nr].order);
	held[nr] = held[--nr_held];
}

static void move(bool grows)
{
	unsigned long moved, before = present(), frames = 1 + random_below(4 * MIB);
	int err = grows ? balloon_grow(frames, &moved) : balloon_shrink(frames, &moved);

	assert_true(err == 0 ? moved > 0 && moved <= frames : moved == 0);
	assert_int_equal(present(), grows ? before + moved : before - moved);
	if (err && err != -ENOSPC && err != -EAGAIN)
		fail_msg("%s answered %d", grows ? "growth" : "shrinking", err);
}

static void wish(void)
{
	fake_balloon_want(fake, random_one_in(4) ? 0 : random_below(FRAMES));
	take_interrupt();
}

static void report(void)
{
	balloon_report(1 + random_below(8));
}

static void ask(void)
{
	fake_virtio_run(fake);
	if (fake_balloon.has_stats)
		fake_balloon_ask_stats(fake);
	take_interrupt();
}

static void operate(void)
{
	switch (random_below(10)) {
	case 0:
	case 1:
	case 2:
		hold();
		break;
	case 3:
	case 4:
		let_go();
		break;
	case 5:
	case 6:
		move(random_one_in(2));
		break;
	case 7:
		wish();
		break;
	case 8:
		random_one_in(2) ? report() : ask();
		break;
	default:
		balloon_work_step();
	}
}

static unsigned int random_size(void)
{
	return random_one_in(3) ? 1 + (unsigned int)random_below(300) : FAKE_QUEUE_SIZE;
}

static void start_any(void)
{
	uint64_t some =
		random_u64() & (FAKE_F_MUST_TELL_HOST | FAKE_F_STATS | FAKE_F_DEFLATE_ON_OOM |
				FAKE_F_HINT | FAKE_F_POISON | FAKE_F_REPORTING);

	boot_with(FRAMES, some | FAKE_F_VERSION_1);
	for (unsigned int i = 0; i < FAKE_QUEUES_MAX; i++)
		fake->queue_max[i] = random_size();
	if (random_one_in(2)) {
		fake->pace = 1 + (unsigned int)random_below(20);
		fake->wants_no_notice = random_one_in(2);
	}
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
}

static void nothing_is_lost_and_nothing_used_twice(void **state)
{
	const unsigned int *nr = *state;

	random_start();
	random_state += *nr * 2;
	start_any();
	for (unsigned int i = 0; i < OPERATIONS; i++) {
		operate();
		if (i % 16 == 0)
			fake_balloon_check(fake);
	}
	fake_balloon_check(fake);
	assert_int_equal(fake_balloon.actual, fake_balloon.nr_held);
	assert_false(fake->dev.failed);
	while (nr_held)
		let_go();
}

int main(void)
{
	static struct CMUnitTest test[DEVICES];
	static unsigned int number[DEVICES];

	for (unsigned int i = 0; i < DEVICES; i++) {
		number[i] = i;
		test[i] = (struct CMUnitTest)TEST_WITH(nothing_is_lost_and_nothing_used_twice,
						       &number[i]);
	}
	return virtio_run(test, DEVICES);
}
