/* SPDX-License-Identifier: MIT */
/* Configuration of a virtio balloon that tears, moves or ends early. */
#include "virtio.h"

#define FRAMES (64 * MIB)
#define MODERN FAKE_F_VERSION_1
#define ALL    (MODERN | FAKE_F_STATS | FAKE_F_REPORTING | FAKE_F_DEFLATE_ON_OOM)

static void want_more(void)
{
	fake_balloon_want(fake, 10 * MIB);
	take_interrupt();
}

static void expect_torn(void)
{
	assert_left_alone("configuration changes at each read");
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
	assert_non_null(strstr(said_last, "virtio disabled: cannot read the memory size"));
	assert_int_equal(fake->status, STATUS_FAILED);
	fake->interrupts = VIRTIO_INTERRUPT_QUEUE | VIRTIO_INTERRUPT_CONFIG;
	take_interrupt();
	assert_int_equal(balloon_shrink(1, &moved), -ENODEV);
	assert_int_equal(said_lines, 2);
}

static unsigned int nr_looks;

/* Two looks at the field agree; whoever looks once more sees another number. */
static uint32_t moving_config(struct virtio_device *dev, unsigned int offset, unsigned int bytes)
{
	(void)dev;
	(void)offset;
	(void)bytes;
	return nr_looks++ < 2 ? 0x100 : 0x7f7f;
}

static void a_wish_that_moves_is_looked_at_once(void **state)
{
	struct balloon_stats stats;

	(void)state;
	start_with(FRAMES, MODERN);
	fake->by.config = moving_config;
	fake->interrupts = VIRTIO_INTERRUPT_CONFIG;
	take_interrupt();
	balloon_stats_get(&stats);
	assert_int_equal(stats.target, FRAMES - 256);
}

/* A field that it does not have, all of it, reads as zero and is not written. */
static void configuration_ends_where_the_device_says(void **state)
{
	const uint32_t *bytes = *state;
	unsigned long moved;

	boot_with(FRAMES, MODERN);
	fake->dev.config_bytes = *bytes;
	fake->config[0] = fake->config[1] = 1;
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_int_equal(balloon_shrink(100, &moved), 0);
	assert_null(strstr(fake->log, "config"));
	assert_int_equal(fake_balloon.nr_held, 100);
	while (!balloon_work_step())
		;
	assert_int_equal(present(), FRAMES - (*bytes < 4 ? 100 : 0x101));
}

int main(void)
{
	static const uint32_t ends[] = {0, 2, 3, 4, 7};

	TEST_ONE(configuration_that_tears_is_no_target);
	TEST_ONE(a_generation_that_never_rests_is_no_target);
	TEST_ONE(configuration_that_tears_is_no_ceiling);
	TEST_ONE(configuration_that_tears_at_the_start_is_seen);
	TEST_ONE(without_a_ceiling_at_the_start_there_is_no_backend);
	TEST_ONE(a_wish_that_moves_is_looked_at_once);
	TEST_ALL(configuration_ends_where_the_device_says, ends);
	return virtio_run_all();
}
