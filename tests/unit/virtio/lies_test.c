/* SPDX-License-Identifier: MIT */
/*
 * A balloon device that lies, in every way and at any step: one line is said, it is reset and left
 * alone, and the guest lives on with the frames that it had, but for those that the device may
 * have.
 */
#include <arch/cpu.h>

#include "balloon/report.h"
#include "virtio.h"

#define FRAMES (64 * MIB)
#define ALL                                                                                 \
	(FAKE_F_VERSION_1 | FAKE_F_STATS | FAKE_F_HINT | FAKE_F_POISON | FAKE_F_REPORTING | \
	 FAKE_F_DEFLATE_ON_OOM)
#define STEPS	 5U
#define NR_KINDS (NR_FAKE_LIES - LIE_SILENT)

static const char *const told[NR_FAKE_LIES] = {
	[LIE_SILENT] = "no response",
	[LIE_NO_CHAIN] = "invalid chain id 128 in a used ring",
	[LIE_NOT_LENT] = "invalid chain id ",
	[LIE_TWICE] = "in a used ring",
	[LIE_TOO_LONG] = "invalid length ",
	[LIE_JUMP] = "invalid chain count ",
};

/* A test's parameters. */
static struct lie {
	enum fake_lie lie;
	unsigned int after;
	uint64_t features; /* beside ALL */
	unsigned int pace;
} lies[NR_KINDS * STEPS * 2 * 2];

static void expect_left_alone(const struct lie *lie, unsigned long frames)
{
	assert_left_alone(told[lie->lie]);
	assert_the_guest_lives_on(frames);
	assert_left_alone(told[lie->lie]);
}

static void start_liar(const struct lie *lie, unsigned int queue)
{
	start_with(FRAMES, ALL | lie->features);
	fake->pace = lie->pace;
	fake_virtio_lie(fake, lie->lie, queue, lie->after);
}

/* Of what was given nothing is used again, and one line says how much the device never took. */
static void expect_lost(const char *text, unsigned long gone)
{
	struct balloon_stats stats;

	for (unsigned int i = 0; i < 2; i++) {
		assert_said_two(text, "frames leaked: accounted to the guest but unusable");
		assert_true(fake->status & STATUS_FAILED);
		fake_balloon_check_used();
		balloon_stats_get(&stats);
		assert_in_range(stats.lost, 1, gone);
		assert_int_equal(stats.host, FRAMES - gone + stats.lost);
		assert_the_guest_lives_on(FRAMES - gone);
	}
}

static void a_lie_about_what_was_given_loses_just_that(void **state)
{
	const struct lie *lie = *state;
	unsigned long gone;

	start_liar(lie, FAKE_INFLATE);
	assert_int_equal(balloon_shrink(20 * MIB + 300, &gone), 0);
	assert_true(fake->has_lied);
	expect_lost(told[lie->lie], gone);
}

/* Seen at the latest when the device is needed next. */
static void a_lie_about_what_came_back_loses_nothing(void **state)
{
	unsigned long gone, grown;

	start_liar(*state, FAKE_DEFLATE);
	assert_int_equal(balloon_shrink(20 * MIB + 300, &gone), 0);
	balloon_grow(20 * MIB + 300, &grown);
	assert_int_equal(present(), FRAMES - gone + grown);
	if (!fake->dev.failed)
		assert_int_equal(balloon_shrink(1, &gone), -EIO);
	assert_true(fake->has_lied);
	expect_left_alone(*state, FRAMES - (20 * MIB + 300) + grown);
}

static void a_lie_about_a_report_is_seen(void **state)
{
	pfn_t block[10];
	unsigned int rounds = 0;

	start_liar(*state, fake_balloon_queue(ALL, FAKE_REPORTING));
	take_blocks(block, ARRAY_SIZE(block));
	while (balloon_report_blocks(NULL, block, ARRAY_SIZE(block)) == 0)
		assert_true(rounds++ < STEPS);
	assert_true(fake->has_lied);
	expect_left_alone(*state, FRAMES);
}

/* Where each element waits for the one before. */
static void a_lie_in_a_queue_of_one_entry_is_seen(void **state)
{
	const struct lie *lie = *state;
	unsigned long gone = 0;
	pfn_t block[4];

	boot_with(FRAMES, ALL);
	for (unsigned int i = 0; i < FAKE_QUEUES_MAX; i++)
		fake->queue_max[i] = 1;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	fake->pace = lie->pace;
	take_blocks(block, ARRAY_SIZE(block));
	fake_virtio_lie(fake, lie->lie, fake_balloon_queue(ALL, FAKE_REPORTING), 0);
	if (lie->after % 2) {
		assert_int_equal(balloon_report_blocks(NULL, block, ARRAY_SIZE(block)), -EIO);
		assert_left_alone(": disabled");
	} else {
		fake_virtio_lie(fake, lie->lie, FAKE_INFLATE, 1);
		assert_int_equal(balloon_shrink(MIB * 2, &gone), 0);
		expect_lost(": disabled", gone);
	}
	assert_the_guest_lives_on(FRAMES - gone);
}

static void a_lie_about_statistics_is_seen(void **state)
{
	const struct lie *lie = *state;

	start_liar(lie, FAKE_STATS);
	for (unsigned int i = 0; i <= lie->after; i++) {
		assert_false(fake->dev.failed);
		fake_virtio_run(fake);
		fake_balloon_ask_stats(fake);
		take_interrupt();
	}
	expect_left_alone(lie, FRAMES);
}

/* Without a reset that ends, too: what it has of ours stays where it is. */
static void a_liar_that_does_not_reset_is_left_alone(void **state)
{
	const struct lie *lie = *state;
	unsigned long gone;

	start_liar(lie, FAKE_INFLATE);
	fake->resets_left = 0;
	assert_int_equal(balloon_shrink(20 * MIB + 300, &gone), 0);
	expect_lost(told[lie->lie], gone);
}

/* Data is in them again. */
static void use_blocks(unsigned int nr)
{
	pfn_t block[10];

	take_blocks(block, nr);
	while (nr--)
		page_free(pfn_to_virt(block[nr]), BLOCK_ORDER);
}

/* It may discard at any time what it was lent. */
static void what_was_reported_stays_lent_to_one_that_does_not_reset(void **state)
{
	const struct lie *lie = *state;
	unsigned long free = 0;

	start_liar(lie, fake_balloon_queue(ALL, FAKE_REPORTING));
	fake->resets_left = 0;
	for (unsigned int round = 0; !fake->dev.failed; round++) {
		assert_true(round < STEPS);
		use_blocks(10);
		free = kernel_mm.pages.nr_free;
		balloon_report(8);
	}
	for (unsigned int i = 0; i < 2; i++) {
		assert_said_two(told[lie->lie], "balloon: 4096 frames leaked");
		assert_int_equal(kernel_mm.pages.nr_free, free - 8 * BLOCK_FRAMES);
		assert_the_guest_lives_on(FRAMES);
		use_blocks(2);
		balloon_report(4);
	}
}

static bool is_shown(unsigned int queue)
{
	return *(uint16_t *)fake_virtio_memory(fake->queue[queue].avail + 2, sizeof(uint16_t));
}

static void lie_about_statistics(void)
{
	if (!is_shown(FAKE_INFLATE) && !is_shown(fake_balloon_queue(ALL, FAKE_REPORTING)))
		return;
	fake_virtio_at_look = NULL;
	fake_virtio_lie(fake, LIE_TOO_LONG, FAKE_STATS, 0);
	fake_balloon_ask_stats(fake);
	linux_set_interrupt(true);
	take_interrupt();
	linux_set_interrupt(false);
}

/* Who waits for another queue does not wait in vain for ten seconds. */
static void a_lie_that_an_interrupt_finds_ends_every_wait(void **state)
{
	unsigned long gone = 0;
	uint64_t before;
	pfn_t block = PFN(BLOCK_FRAMES);
	const bool *reports = *state;

	start_with(FRAMES, ALL);
	fake->pace = UINT32_MAX;
	before = clock_ns();
	fake_virtio_at_look = lie_about_statistics;
	if (*reports)
		assert_int_equal(balloon_report_blocks(NULL, &block, 1), -EIO);
	else
		assert_int_equal(balloon_shrink(1000, &gone), 0);
	assert_true(clock_ns() - before < SECOND);
	if (*reports)
		assert_left_alone("invalid length 1 in a used ring");
	else
		expect_lost("invalid length 1 in a used ring", gone);
	assert_the_guest_lives_on(FRAMES - gone);
}

static uint8_t last_status;

static void give_up(void)
{
	if (!is_shown(FAKE_INFLATE))
		return;
	fake_virtio_at_look = NULL;
	fake->status = last_status;
	fake->interrupts = VIRTIO_INTERRUPT_CONFIG;
	take_interrupt();
}

/* By its status; all ones are read where there is nothing any more. */
static void one_that_cannot_go_on_is_not_waited_for(void **state)
{
	unsigned long gone;
	uint64_t before;

	last_status = *(const uint8_t *)*state;
	start_with(FRAMES, ALL);
	fake->pace = UINT32_MAX;
	before = clock_ns();
	fake_virtio_at_look = give_up;
	assert_int_equal(balloon_shrink(1000, &gone), 0);
	assert_true(clock_ns() - before < SECOND);
	expect_lost("device needs reset: disabled", gone);
}

/* Such devices say anything of how much they wrote (§2.7.8.2). */
static void a_length_that_a_legacy_device_says_is_not_believed(void **state)
{
	unsigned long moved;

	(void)state;
	boot_with(FRAMES, FAKE_F_STATS | FAKE_F_DEFLATE_ON_OOM);
	fake->by.legacy = true;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	fake_virtio_lie(fake, LIE_TOO_LONG, FAKE_INFLATE, 0);
	assert_int_equal(balloon_shrink(10 * MIB, &moved), 0);
	assert_true(fake->has_lied);
	assert_int_equal(moved, 10 * MIB);
	fake_balloon_check(fake);
	assert_said_nothing();
}

static void add_lies(const char *name, CMUnitTestFunction function, unsigned int left_out)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(lies); i++)
		if (!(left_out >> lies[i].lie & 1))
			test_add(name, function, &lies[i]);
}

static void make_lies(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(lies); i++)
		lies[i] = (struct lie){
			.lie = LIE_SILENT + i % NR_KINDS,
			.after = i / NR_KINDS % STEPS,
			.features = i / NR_KINDS / STEPS % 2 ? FAKE_F_MUST_TELL_HOST : 0,
			.pace = i / NR_KINDS / STEPS / 2 ? 3 : 0,
		};
}

#define LIES(function, left_out) add_lies(#function, function, left_out)

int main(void)
{
	static const bool reports[] = {false, true};
	static const uint8_t statuses[] = {0x4f, 0xff};

	TEST_ALL(a_lie_that_an_interrupt_finds_ends_every_wait, reports);
	TEST_ALL(one_that_cannot_go_on_is_not_waited_for, statuses);
	TEST_ONE(a_length_that_a_legacy_device_says_is_not_believed);
	make_lies();
	LIES(a_lie_about_what_was_given_loses_just_that, 0);
	LIES(a_lie_about_what_came_back_loses_nothing, 0);
	LIES(a_lie_about_a_report_is_seen, 0);
	/* Nobody waits for that queue; and what came twice has been lent twice by then. */
	LIES(a_lie_about_statistics_is_seen, 1U << LIE_SILENT | 1U << LIE_TWICE);
	LIES(a_liar_that_does_not_reset_is_left_alone, 0);
	LIES(what_was_reported_stays_lent_to_one_that_does_not_reset, 0);
	/* Nothing else is lent there. */
	LIES(a_lie_in_a_queue_of_one_entry_is_seen, 1U << LIE_NOT_LENT);
	return virtio_run_all();
}
