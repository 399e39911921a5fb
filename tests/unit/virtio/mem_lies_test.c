/* SPDX-License-Identifier: MIT */
/*
 * A virtio-mem device that lies: one line is said, it is reset and left alone, and the guest lives
 * on with the frames that it had.
 */
#include "mem.h"

#define PLUGGED (16 * MIB_BYTES)

/* Nothing more is asked of it, whatever is wanted; what it brought stays, and can be used. */
static void expect_asked_no_more(uint64_t bytes)
{
	unsigned int requests = fake_mem.requests;
	unsigned long moved, frames = present();

	assert_int_equal(frames, FRAMES + (bytes >> PAGE_SHIFT));
	fake->interrupts = VIRTIO_INTERRUPT_CONFIG | VIRTIO_INTERRUPT_QUEUE;
	mem_interrupt();
	mem_run(10 * SECOND);
	assert_int_equal(balloon_work_step(), POLICY_NEVER);
	assert_true(balloon_grow(1000, &moved) < 0 && balloon_shrink(1000, &moved) < 0);
	while (page_alloc(0, PAGE_FIXED))
		;
	assert_int_equal(present(), frames);
	assert_int_equal(fake_mem.requests, requests);
}

static void expect_left_alone(const char *text, uint64_t bytes)
{
	assert_left_alone(text);
	expect_asked_no_more(bytes);
	assert_left_alone(text);
}

/* A configuration that cannot be, over a region of 256 MiB at 1 GiB in blocks of 2 MiB. */
static const struct config {
	uint64_t block, addr, bytes;
	const char *text;
} configs[] = {
	{0, REGION, REGION_BYTES, "invalid block size"},
	{512, REGION, REGION_BYTES, "invalid block size"},
	{3 * MIB_BYTES, REGION, REGION_BYTES, "invalid block size"},
	{1024 * MIB_BYTES, REGION, REGION_BYTES, "block size above the largest step"},
	{1ULL << 63, REGION, REGION_BYTES, "block size above the largest step"},
	{2 * MIB_BYTES, REGION + MIB_BYTES, REGION_BYTES, "invalid region"},
	{2 * MIB_BYTES, REGION, UINT64_MAX, "invalid region"},
	{2 * MIB_BYTES, 0 - 2 * MIB_BYTES, 4 * MIB_BYTES, "invalid region"},
	{2 * MIB_BYTES, 1ULL << 51, REGION_BYTES, "no usable block in its region"},
	{2 * MIB_BYTES, REGION, 0, "no usable block in its region"},
	{2 * MIB_BYTES, REGION, MIB_BYTES, "no usable block in its region"},
	{MIB_BYTES, REGION + MIB_BYTES, 2 * MIB_BYTES, "no usable block in its region"},
};

static void a_configuration_that_cannot_be_is_refused(void **state)
{
	const struct config *c = *state;

	mem_boot(c->block);
	fake_mem.config->addr = c->addr;
	fake_mem.config->region_size = c->bytes;
	assert_int_equal(virtio_mem_attach(&fake->dev), -EINVAL);
	expect_left_alone(c->text, 0);
}

static void a_region_where_something_is_is_refused(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake_mem.config->addr = 32 * MIB_BYTES;
	assert_int_equal(virtio_mem_attach(&fake->dev), -EEXIST);
	assert_true(fake->dev.failed);
	assert_int_equal(fake->status, STATUS_FAILED);
	assert_int_equal(fake_mem.requests, 0);
	assert_int_equal(present(), FRAMES);
}

static void what_the_direct_map_has_no_room_for_is_not_used(void **state)
{
	(void)state;
	mem_boot(4 * MIB_BYTES);
	fake_mem.config->addr = 4096 * MIB_BYTES - 24 * MIB_BYTES;
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	assert_said_once("region above 4096 MiB unused");
	mem_want(100 * MIB_BYTES);
	mem_run(5 * SECOND);
	assert_int_equal(fake_mem.plugged, 24 * MIB_BYTES);
	assert_int_equal(present(), FRAMES + 24 * MIB);
}

static void memory_that_stays_plugged_is_not_taken_over(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake_mem.is_plugged[3] = true;
	fake_mem.plugged = fake_mem.config->plugged_size = 2 * MIB_BYTES;
	fake_mem_answer(FAKE_BUSY, 0, 1000000);
	assert_int_equal(virtio_mem_attach(&fake->dev), -EAGAIN);
	assert_true(fake_mem.requests < 1000);
	expect_left_alone("cannot unplug memory plugged before boot", 0);
}

static void a_count_that_is_not_ours_is_said_and_no_more(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_reach(PLUGGED);
	fake_mem.config->plugged_size = 5;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(balloon_refresh(), 0);
	assert_said_once("invalid plugged size: 5 bytes, expected 4096 frames");
	mem_reach(2 * PLUGGED);
	mem_reach(0);
}

/* It is asked for nothing where it says that nothing can be plugged, though it wants it. */
static void what_is_not_usable_is_not_asked_for(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_want(PLUGGED);
	fake_mem.config->usable_region_size = 7 * MIB_BYTES;
	mem_run(5 * SECOND);
	mem_expect(6 * MIB_BYTES);
	fake_mem.config->usable_region_size = UINT64_MAX;
	mem_run(5 * SECOND);
	mem_expect(PLUGGED);
}

static void without_a_queue_or_memory_for_it_there_is_no_device(void **state)
{
	unsigned long free;

	(void)state;
	mem_boot(2 * MIB_BYTES);
	free = kernel_mm.pages.nr_free;
	fake->queue_max[0] = 0;
	assert_int_equal(virtio_mem_attach(&fake->dev), -ENODEV);
	assert_int_equal(kernel_mm.pages.nr_free, free);
	assert_left_alone("missing queue");
	for (unsigned long left = 0; left < 3; left++) {
		mem_boot(2 * MIB_BYTES);
		memory_take_all_but(left);
		assert_int_equal(virtio_mem_attach(&fake->dev), -ENOMEM);
		assert_left_alone("out of memory for its queue");
		assert_int_equal(kernel_mm.pages.nr_free, left);
	}
}

static void a_queue_of_one_entry_is_too_small(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake->queue_max[0] = 1;
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	mem_want(PLUGGED);
	mem_run(5 * SECOND);
	expect_left_alone("queue too small for a request", 0);
}

/* What is wrong with an answer, or with the ring that it came by. */
static const struct lie {
	uint16_t answer;
	uint32_t written;
	enum fake_lie lie;
	bool does_it; /* and denies it */
	const char *text;
} lies[] = {
	{FAKE_ERROR, 0, 0, false, "valid request rejected"},
	{FAKE_ERROR, 0, 0, true, "valid request rejected"},
	{4, 0, 0, false, "invalid response to a request"},
	{0xffff, 0, 0, true, "invalid response to a request"},
	{0, 1, 0, true, "invalid response to a request"},
	{0, 0, LIE_SILENT, true, "no response to a request"},
	{0, 0, LIE_NO_CHAIN, true, "invalid chain id 128 in a used ring"},
	{0, 0, LIE_NOT_LENT, true, "invalid chain id "},
	{0, 0, LIE_TOO_LONG, true, "invalid length 11"},
	{0, 0, LIE_JUMP, true, "invalid chain count "},
};

static void start_liar(const struct lie *lie)
{
	mem_start(2 * MIB_BYTES);
	mem_reach(PLUGGED);
	fake_mem.does_it = lie->does_it;
	fake_mem.written = lie->written;
	fake_virtio_lie(fake, lie->lie, 0, 0);
	if (!lie->lie)
		fake_mem_answer(lie->answer, 0, 0);
}

static void a_lie_about_what_was_plugged_is_the_end_of_the_device_only(void **state)
{
	const struct lie *lie = *state;

	start_liar(lie);
	mem_want(2 * PLUGGED);
	mem_run(20 * SECOND);
	expect_left_alone(lie->text, PLUGGED);
}

/* Two lines: what it did, and how many frames that cost. Nobody uses what is not plugged, maybe. */
static void expect_lost(const char *text, uint64_t bytes)
{
	char lost[64];

	snprintf(lost, sizeof(lost), "balloon: %llu frames leaked",
		 (unsigned long long)(bytes >> PAGE_SHIFT));
	assert_said_two(text, lost);
	assert_int_equal(mem_stats().lost, bytes >> PAGE_SHIFT);
	assert_int_equal(fake->status, STATUS_FAILED);
	fake_mem_check_used();
	assert_null(page_alloc_check(&kernel_mm.pages));
	assert_null(pagedb_check(&kernel_mm.db));
}

static void a_lie_about_what_was_unplugged_costs_just_that(void **state)
{
	const struct lie *lie = *state;
	uint64_t asked;

	start_liar(lie);
	mem_want(PLUGGED / 2);
	mem_run(20 * SECOND);
	asked = fake_mem.asked;
	assert_in_range(asked, BLOCK_SIZE, PLUGGED / 2);
	expect_lost(lie->text, asked);
	expect_asked_no_more(PLUGGED - asked);
	expect_lost(lie->text, asked);
}

/* Of a step of eight blocks two went, one went maybe, and nobody asked about five. */
static void what_was_not_asked_about_stays(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_reach(PLUGGED);
	fake_mem.busy_above = 2 * BLOCK_SIZE;
	fake_mem.does_it = true;
	fake_mem_answer(FAKE_ERROR, 5, 0);
	mem_want(0);
	mem_run(20 * SECOND);
	expect_lost("valid request rejected", BLOCK_SIZE);
	expect_asked_no_more(PLUGGED - 3 * BLOCK_SIZE);
}

static void tear_config(void)
{
	if (!*(uint16_t *)fake_virtio_memory(fake->queue[0].avail + 2, sizeof(uint16_t)))
		return;
	fake_virtio_at_look = NULL;
	fake->tears_config = true;
	mem_interrupt();
}

/* Who waits for an answer does not wait in vain for ten seconds. */
static void what_an_interrupt_finds_ends_the_wait(void **state)
{
	uint64_t before;

	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_want(PLUGGED);
	fake->pace = UINT32_MAX;
	fake->interrupts = VIRTIO_INTERRUPT_CONFIG;
	before = clock_ns();
	fake_virtio_at_look = tear_config;
	mem_run(SECOND);
	assert_true(clock_ns() - before < 2 * SECOND);
	expect_left_alone("configuration changes at each read", 0);
}

/* The host changes it between the two halves: 4 GiB less a block, and 4 GiB. */
static uint32_t config_that_moves_once(struct virtio_device *dev, unsigned int offset,
				       unsigned int bytes)
{
	uint64_t before = (1ULL << 32) - BLOCK_SIZE, after = 1ULL << 32;
	static unsigned int looks;

	(void)dev;
	assert_int_equal(bytes, 4);
	if (looks == 1)
		fake->generation++;
	return (uint32_t)((looks++ < 1 ? before : after) >> 8 * offset);
}

static void a_field_that_changes_between_its_halves_is_read_again(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	fake->by.config = config_that_moves_once;
	assert_int_equal(virtio_config_read(&fake->dev, 0, 8), 1ULL << 32);
	assert_false(fake->dev.failed);
}

#define NR_LIES	   ARRAY_SIZE(lies)
#define NR_CONFIGS ARRAY_SIZE(configs)

int main(void)
{
	static struct CMUnitTest with[2 * NR_LIES + NR_CONFIGS];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_region_where_something_is_is_refused),
		cmocka_unit_test(what_the_direct_map_has_no_room_for_is_not_used),
		cmocka_unit_test(memory_that_stays_plugged_is_not_taken_over),
		cmocka_unit_test(a_count_that_is_not_ours_is_said_and_no_more),
		cmocka_unit_test(what_is_not_usable_is_not_asked_for),
		cmocka_unit_test(without_a_queue_or_memory_for_it_there_is_no_device),
		cmocka_unit_test(a_queue_of_one_entry_is_too_small),
		cmocka_unit_test(what_was_not_asked_about_stays),
		cmocka_unit_test(what_an_interrupt_finds_ends_the_wait),
		cmocka_unit_test(a_field_that_changes_between_its_halves_is_read_again),
	};

	for (size_t i = 0; i < NR_LIES; i++) {
		with[2 * i] = (struct CMUnitTest)TEST_WITH(
			a_lie_about_what_was_plugged_is_the_end_of_the_device_only, &lies[i]);
		with[2 * i + 1] = (struct CMUnitTest)TEST_WITH(
			a_lie_about_what_was_unplugged_costs_just_that, &lies[i]);
	}
	for (size_t i = 0; i < NR_CONFIGS; i++)
		with[2 * NR_LIES + i] = (struct CMUnitTest)TEST_WITH(
			a_configuration_that_cannot_be_is_refused, &configs[i]);
	return virtio_run(with, ARRAY_SIZE(with)) + virtio_run(tests, ARRAY_SIZE(tests));
}
