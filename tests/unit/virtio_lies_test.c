/* SPDX-License-Identifier: MIT */
/*
 * A balloon device that lies, in every way and at any step: one line is said, it is reset and left
 * alone, and the guest lives on with the frames that it had.
 */
#include <arch/cpu.h>

#include "balloon/engine.h"
#include "balloon/policy.h"
#include "virtio.h"

#define FRAMES (64 * MIB)
#define ALL                                                                                 \
	(FAKE_F_VERSION_1 | FAKE_F_STATS | FAKE_F_HINT | FAKE_F_POISON | FAKE_F_REPORTING | \
	 FAKE_F_DEFLATE_ON_OOM)
#define STEPS	 5U
#define SECOND	 1000000000ULL
#define NR_KINDS (NR_FAKE_LIES - LIE_SILENT)

static const char *const told[NR_FAKE_LIES] = {
	[LIE_SILENT] = "does not answer",
	[LIE_NO_CHAIN] = "returned chain 128, which cannot be",
	[LIE_NOT_LENT] = "returned chain ",
	[LIE_TWICE] = "which cannot be",
	[LIE_TOO_LONG] = "returned a length of ",
	[LIE_JUMP] = "returned a number of chains of ",
};

/* A test's parameters. */
static struct lie {
	enum fake_lie lie;
	unsigned int after;
	uint64_t features; /* beside ALL */
	unsigned int pace;
} lies[NR_KINDS * STEPS * 2 * 2];

/* Whatever is asked of it, it is asked in vain, and nothing more is said or changed. */
static void assert_the_guest_lives_on(unsigned long frames)
{
	char log[FAKE_LOG_MAX];
	unsigned long moved;
	pfn_t block = PFN(BLOCK_FRAMES);
	struct balloon_stats stats;
	void *page = page_alloc(3, PAGE_FIXED);

	memcpy(log, fake->log, sizeof(log));
	assert_int_equal(present(), frames);
	assert_non_null(page);
	page_free(page, 3);
	assert_int_equal(balloon_shrink(1000, &moved), -EIO);
	fake_virtio_wait(100 * SECOND);
	assert_int_equal(balloon_grow(1000, &moved), -EIO);
	assert_int_equal(balloon_report_blocks(&block, 1), -ENODEV);
	fake->interrupts = VIRTIO_INTERRUPT_QUEUE | VIRTIO_INTERRUPT_CONFIG;
	take_interrupt();
	balloon_stats_get(&stats);
	assert_int_equal(stats.target, BALLOON_NO_TARGET);
	assert_int_equal(balloon_turn(), POLICY_NEVER);
	assert_int_equal(present(), frames);
	assert_string_equal(fake->log, log);
}

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

static void a_lie_about_what_was_given_loses_nothing(void **state)
{
	unsigned long gone, frames;
	int err;

	start_liar(*state, FAKE_INFLATE);
	err = balloon_shrink(20 * MIB + 300, &gone);
	assert_int_equal(err, gone ? 0 : -EIO);
	frames = FRAMES - gone;
	assert_true(fake->has_lied);
	expect_left_alone(*state, frames);
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
	while (balloon_report_blocks(block, ARRAY_SIZE(block)) == 0)
		assert_true(rounds++ < STEPS);
	assert_true(fake->has_lied);
	expect_left_alone(*state, FRAMES);
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
	unsigned long gone;

	start_liar(*state, FAKE_INFLATE);
	fake->resets_left = 0;
	balloon_shrink(20 * MIB + 300, &gone);
	expect_left_alone(*state, FRAMES - gone);
}

static void want_more(void)
{
	fake_balloon_want(fake, 10 * MIB);
	take_interrupt();
}

static void expect_torn(void)
{
	assert_left_alone("changes its configuration whenever it is read");
	assert_the_guest_lives_on(FRAMES);
}

static void configuration_that_tears_is_no_target(void **state)
{
	(void)state;
	start_with(FRAMES, ALL);
	fake->tears_config = true;
	want_more();
	expect_torn();
}

static void a_generation_that_never_rests_is_no_target(void **state)
{
	(void)state;
	start_with(FRAMES, ALL);
	fake->moves_generation = true;
	want_more();
	expect_torn();
}

static void configuration_that_tears_is_no_ceiling(void **state)
{
	unsigned long moved;

	(void)state;
	start_with(FRAMES, ALL & ~FAKE_F_DEFLATE_ON_OOM);
	fake->tears_config = true;
	assert_int_equal(balloon_grow(1, &moved), -EIO);
	expect_torn();
}

/* Once registered, by what it wants; before, by the ceiling, of which the engine has a word, too.
 */
static void configuration_that_tears_at_the_start_is_seen(void **state)
{
	(void)state;
	boot_with(FRAMES, ALL);
	fake->tears_config = true;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	expect_torn();
}

static void without_a_ceiling_at_the_start_there_is_no_backend(void **state)
{
	unsigned long moved;

	(void)state;
	boot_with(FRAMES, ALL & ~FAKE_F_DEFLATE_ON_OOM);
	fake->tears_config = true;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_int_equal(said_lines, 2);
	assert_non_null(strstr(said_last, "virtio does not say what we have"));
	assert_int_equal(fake->status, STATUS_FAILED);
	fake->interrupts = VIRTIO_INTERRUPT_QUEUE | VIRTIO_INTERRUPT_CONFIG;
	take_interrupt();
	assert_int_equal(balloon_shrink(1, &moved), -ENODEV);
	assert_int_equal(said_lines, 2);
}

static void lie_about_statistics(void)
{
	fake_virtio_at_look = NULL;
	fake_virtio_lie(fake, LIE_TOO_LONG, FAKE_STATS, 0);
	fake_balloon_ask_stats(fake);
	host_set_interrupt(true);
	take_interrupt();
	host_set_interrupt(false);
}

/* Who waits for another queue does not wait in vain for ten seconds. */
static void a_lie_that_an_interrupt_finds_ends_every_wait(void **state)
{
	unsigned long gone;
	uint64_t before;
	pfn_t block = PFN(BLOCK_FRAMES);
	const bool *reports = *state;

	start_with(FRAMES, ALL);
	fake->pace = UINT32_MAX;
	before = clock_ns();
	fake_virtio_at_look = lie_about_statistics;
	if (*reports)
		assert_int_equal(balloon_report_blocks(&block, 1), -EIO);
	else
		assert_int_equal(balloon_shrink(1000, &gone), -EIO);
	assert_true(clock_ns() - before < SECOND);
	assert_left_alone("returned a length of 1, which cannot be");
	assert_the_guest_lives_on(FRAMES);
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

	TEST_ONE(configuration_that_tears_is_no_target);
	TEST_ONE(a_generation_that_never_rests_is_no_target);
	TEST_ONE(configuration_that_tears_is_no_ceiling);
	TEST_ONE(configuration_that_tears_at_the_start_is_seen);
	TEST_ONE(without_a_ceiling_at_the_start_there_is_no_backend);
	TEST_ALL(a_lie_that_an_interrupt_finds_ends_every_wait, reports);
	make_lies();
	LIES(a_lie_about_what_was_given_loses_nothing, 0);
	LIES(a_lie_about_what_came_back_loses_nothing, 0);
	LIES(a_lie_about_a_report_is_seen, 0);
	/* Nobody waits for that queue; and what came twice has been lent twice by then. */
	LIES(a_lie_about_statistics_is_seen, 1U << LIE_SILENT | 1U << LIE_TWICE);
	LIES(a_liar_that_does_not_reset_is_left_alone, 0);
	return virtio_run_all();
}
