/* SPDX-License-Identifier: MIT */
/*
 * A virtio-mem device that lies: one line is said, it is reset and left alone, and the guest lives
 * on with the frames that it had.
 */
#include "virtio_mem.h"

#define PLUGGED (16 * MIB_BYTES)

/* Nothing more is asked of it, whatever is wanted; what it brought stays, and can be used. */
static void expect_left_alone(const char *text, uint64_t bytes)
{
	unsigned int requests = fake_mem.requests;
	unsigned long moved, frames = present();

	assert_left_alone(text);
	assert_int_equal(frames, FRAMES + (bytes >> PAGE_SHIFT));
	fake->interrupts = VIRTIO_INTERRUPT_CONFIG | VIRTIO_INTERRUPT_QUEUE;
	mem_interrupt();
	mem_run(10 * SECOND);
	assert_int_equal(balloon_turn(), POLICY_NEVER);
	assert_true(balloon_grow(1000, &moved) < 0 && balloon_shrink(1000, &moved) < 0);
	while (page_alloc(0, PAGE_FIXED))
		;
	assert_int_equal(present(), frames);
	assert_int_equal(fake_mem.requests, requests);
	assert_left_alone(text);
}

/* A configuration that cannot be, over a region of 256 MiB at 1 GiB in blocks of 2 MiB. */
static const struct config {
	uint64_t block, addr, bytes;
	const char *text;
} configs[] = {
	{0, REGION, REGION_BYTES, "has blocks of a size that cannot be"},
	{512, REGION, REGION_BYTES, "has blocks of a size that cannot be"},
	{3 * MIB_BYTES, REGION, REGION_BYTES, "has blocks of a size that cannot be"},
	{1024 * MIB_BYTES, REGION, REGION_BYTES, "has blocks that are larger than what comes"},
	{1ULL << 63, REGION, REGION_BYTES, "has blocks that are larger than what comes"},
	{2 * MIB_BYTES, REGION + MIB_BYTES, REGION_BYTES, "has a region that cannot be"},
	{2 * MIB_BYTES, REGION, UINT64_MAX, "has a region that cannot be"},
	{2 * MIB_BYTES, 0 - 2 * MIB_BYTES, 4 * MIB_BYTES, "has a region that cannot be"},
	{2 * MIB_BYTES, 1ULL << 51, REGION_BYTES, "has a region in which no block can be used"},
	{2 * MIB_BYTES, REGION, 0, "has a region in which no block can be used"},
	{2 * MIB_BYTES, REGION, MIB_BYTES, "has a region in which no block can be used"},
	{MIB_BYTES, REGION + MIB_BYTES, 2 * MIB_BYTES, "has a region in which no block can"},
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
	assert_said_once("nothing above 4096 MiB is used");
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
	expect_left_alone("does not unplug what was plugged before", 0);
}

static void a_count_that_is_not_ours_is_said_and_no_more(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_reach(PLUGGED);
	fake_mem.config->plugged_size = 5;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(balloon_refresh(), 0);
	assert_said_once("says that 5 bytes are plugged, and it is 4096 frames");
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
	assert_left_alone("has not the queue of a virtio-mem device");
	for (unsigned long left = 0; left < 3; left++) {
		mem_boot(2 * MIB_BYTES);
		memory_take_all_but(left);
		assert_int_equal(virtio_mem_attach(&fake->dev), -ENOMEM);
		assert_left_alone("finds no memory for its queue");
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
	expect_left_alone("has too small a queue for a request", 0);
}

/* What is wrong with an answer, or with the ring that it came by; while plugging or unplugging. */
static const struct lie {
	uint16_t answer;
	uint32_t written;
	enum fake_lie lie;
	bool unplugging;
	const char *text;
} lies[] = {
	{FAKE_ERROR, 0, 0, false, "calls a request wrong that is not"},
	{FAKE_ERROR, 0, 0, true, "calls a request wrong that is not"},
	{4, 0, 0, false, "answers a request with nonsense"},
	{0xffff, 0, 0, true, "answers a request with nonsense"},
	{0, 1, 0, false, "answers a request with nonsense"},
	{0, 1, 0, true, "answers a request with nonsense"},
	{0, 0, LIE_SILENT, false, "does not answer a request"},
	{0, 0, LIE_SILENT, true, "does not answer a request"},
	{0, 0, LIE_NO_CHAIN, false, "returned chain 128, which cannot be"},
	{0, 0, LIE_NOT_LENT, true, "returned chain "},
	{0, 0, LIE_TOO_LONG, false, "returned a length of 11"},
	{0, 0, LIE_TOO_LONG, true, "returned a length of 11"},
	{0, 0, LIE_JUMP, false, "returned a number of chains of "},
	{0, 0, LIE_JUMP, true, "returned a number of chains of "},
};

static void a_lie_is_the_end_of_the_device_and_of_nothing_else(void **state)
{
	const struct lie *lie = *state;

	mem_start(2 * MIB_BYTES);
	mem_reach(PLUGGED);
	if (lie->lie) {
		fake_virtio_lie(fake, lie->lie, 0, 0);
	} else {
		fake_mem.written = lie->written;
		fake_mem_answer(lie->answer, 0, 0);
	}
	mem_want(lie->unplugging ? 0 : 2 * PLUGGED);
	mem_run(20 * SECOND);
	expect_left_alone(lie->text, PLUGGED);
}

#define NR_LIES	   ARRAY_SIZE(lies)
#define NR_CONFIGS ARRAY_SIZE(configs)

int main(void)
{
	static struct CMUnitTest with[NR_LIES + NR_CONFIGS];
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_region_where_something_is_is_refused),
		cmocka_unit_test(what_the_direct_map_has_no_room_for_is_not_used),
		cmocka_unit_test(memory_that_stays_plugged_is_not_taken_over),
		cmocka_unit_test(a_count_that_is_not_ours_is_said_and_no_more),
		cmocka_unit_test(what_is_not_usable_is_not_asked_for),
		cmocka_unit_test(without_a_queue_or_memory_for_it_there_is_no_device),
		cmocka_unit_test(a_queue_of_one_entry_is_too_small),
	};

	for (size_t i = 0; i < NR_LIES; i++)
		with[i] = (struct CMUnitTest)TEST_WITH(
			a_lie_is_the_end_of_the_device_and_of_nothing_else, &lies[i]);
	for (size_t i = 0; i < NR_CONFIGS; i++)
		with[NR_LIES + i] = (struct CMUnitTest)TEST_WITH(
			a_configuration_that_cannot_be_is_refused, &configs[i]);
	return virtio_run(with, ARRAY_SIZE(with)) + virtio_run(tests, ARRAY_SIZE(tests));
}
