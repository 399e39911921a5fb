/* SPDX-License-Identifier: MIT */
/* The virtio-mem driver with an honest device: what is plugged is what the host wants, exactly. */
#include "mem.h"
#include "tests/unit/random.h"

static const uint64_t blocks[] = {4096, MIB_BYTES, 2 * MIB_BYTES, 4 * MIB_BYTES, 64 * MIB_BYTES};

static void the_device_is_started_in_the_standards_order(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	assert_string_equal(fake->log, "reset status=1 status=3 features0=2 features1=1 status=b "
				       "queue0 status=f");
	assert_int_equal(fake_mem.requests, 0);
	mem_expect(0);
}

static void what_the_host_wants_is_plugged_and_unplugged(void **state)
{
	const uint64_t *block = *state;

	mem_start(*block);
	mem_reach(128 * MIB_BYTES);
	mem_reach(64 * MIB_BYTES);
	mem_reach(REGION_BYTES);
	mem_reach(0);
	assert_said_nothing();
}

/* A size between two units counts as the lower; one beyond the region as the region's. */
static void sizes_that_cannot_be_count_as_what_can(void **state)
{
	(void)state;
	mem_start(4 * MIB_BYTES);
	mem_want(13 * MIB_BYTES);
	mem_run(5 * SECOND);
	mem_expect(12 * MIB_BYTES);
	mem_want(UINT64_MAX);
	mem_run(100 * SECOND);
	mem_expect(REGION_BYTES);
}

/* What of it lies before the first unit, or behind the last, is not plugged. */
static void a_region_that_begins_inside_a_unit_is_used_from_the_next_on(void **state)
{
	const uint64_t *block = *state;

	mem_boot(*block);
	fake_mem.config->addr = REGION + *block;
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	mem_reach(128 * MIB_BYTES);
	mem_want(REGION_BYTES);
	mem_run(100 * SECOND);
	mem_expect(REGION_BYTES - BLOCK_SIZE);
	assert_false(fake_mem.is_plugged[0]);
	mem_reach(0);
	assert_said_nothing();
}

static void a_size_that_was_wanted_before_the_driver_came_is_reached(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake_mem_want(fake, 32 * MIB_BYTES);
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	mem_run(5 * SECOND);
	mem_expect(32 * MIB_BYTES);
}

static void a_device_of_any_pace_is_followed(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake->pace = 37;
	fake->wants_no_notice = true;
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	mem_reach(100 * MIB_BYTES);
	mem_reach(0);
}

static void neighbours_are_one_request(void **state)
{
	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_want(64 * MIB_BYTES);
	mem_run(5 * SECOND);
	assert_int_equal(fake_mem.requests, 1);
	mem_reach(0);
	assert_true(fake_mem.requests <= 17); /* collected 4 MiB at a turn, given back at once */
}

/* A guest that is short takes what the host lets it plug, and then fails cleanly. */
static void shortage_plugs_what_the_host_allows(void **state)
{
	unsigned long before;

	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_want(128 * MIB_BYTES);
	before = kernel_mm.pages.nr_free;
	for (unsigned long i = 0; i < before + 120 * MIB; i++) {
		uint64_t *page = page_alloc(0, PAGE_FIXED);

		assert_non_null(page);
		*page = i;
	}
	while (page_alloc(0, PAGE_FIXED))
		;
	mem_expect(128 * MIB_BYTES);
	assert_int_equal(kernel_mm.pages.nr_free, 0);
	assert_said_nothing();
}

static void what_is_in_use_is_not_unplugged(void **state)
{
	pfn_t pinned;

	(void)state;
	mem_start(2 * MIB_BYTES);
	mem_reach(64 * MIB_BYTES);
	assert_int_equal(
		page_alloc_take_from(&kernel_mm.pages, REGION / BLOCK_SIZE + 9, 3, &pinned), 0);
	mem_want(0);
	mem_run(20 * SECOND);
	mem_expect(2 * MIB_BYTES);
	page_alloc_give(&kernel_mm.pages, pinned, 8);
	mem_run(20 * SECOND);
	mem_expect(0);
}

static void a_host_that_is_busy_or_refuses_is_asked_again(void **state)
{
	const uint16_t *answer = *state;

	mem_start(2 * MIB_BYTES);
	mem_want(64 * MIB_BYTES);
	fake_mem_answer(*answer, 0, 30);
	balloon_work_step();
	mem_expect(0);
	mem_run(100 * SECOND);
	mem_expect(64 * MIB_BYTES);
	fake_mem_answer(*answer, 2, 30);
	mem_reach(2 * MIB_BYTES);
	assert_false(fake->dev.failed);
}

/* A host that has few pages left may have some: a run that it refuses is tried by halves. */
static void a_run_that_is_refused_is_tried_by_halves(void **state)
{
	const uint64_t *block = *state;

	mem_start(*block);
	fake_mem.busy_above = 6 * MIB_BYTES;
	mem_reach(60 * MIB_BYTES);
	mem_reach(12 * MIB_BYTES);
}

static void what_was_plugged_before_is_unplugged_first(void **state)
{
	(void)state;
	mem_boot(2 * MIB_BYTES);
	fake_mem.is_plugged[3] = true;
	fake_mem.plugged = fake_mem.config->plugged_size = 2 * MIB_BYTES;
	fake_mem_want(fake, 8 * MIB_BYTES);
	fake_mem_answer(FAKE_BUSY, 0, 20);
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	assert_int_equal(fake_mem.unplug_alls, 1);
	assert_int_equal(fake_mem.plugged, 0);
	mem_run(5 * SECOND);
	mem_expect(8 * MIB_BYTES);
}

/* Each has its own region, and its own state in the driver. */
static void there_is_room_for_three_devices(void **state)
{
	struct fake_virtio *fourth;

	(void)state;
	mem_start(2 * MIB_BYTES);
	for (unsigned int i = 1; i < OWNERS_MAX - 1; i++) {
		fake = fake_mem_add(REGION + 2 * i * REGION_BYTES, REGION_BYTES, 4 * MIB_BYTES);
		assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	}
	fourth = fake_virtio_add(&fake_mem_model, FAKE_F_VERSION_1);
	assert_int_equal(virtio_mem_attach(&fourth->dev), -EBUSY);
	assert_said_once("more than 3 virtio-mem devices");
	assert_string_equal(fourth->log, "");
	mem_want(8 * MIB_BYTES);
	mem_run(100 * SECOND);
	fake_mem_check();
	assert_int_equal(fake_mem.plugged, 8 * MIB_BYTES);
	assert_int_equal(mem_stats().present, 0);
	assert_int_equal(kernel_mm.db.nr_present[OWNERS_MAX - 1], 8 * MIB);
	mem_want(0);
	mem_run(100 * SECOND);
	assert_int_equal(fake_mem.plugged, 0);
}

/* Each frame goes back to who brought it, whatever is wanted of either when. */
static void beside_a_balloon_each_has_its_own(void **state)
{
	struct fake_virtio *mem, *inflated;

	(void)state;
	random_start();
	mem_start(2 * MIB_BYTES);
	mem = fake;
	inflated = fake_virtio_add(&fake_balloon_model, FAKE_F_VERSION_1);
	assert_int_equal(virtio_balloon_attach(&inflated->dev), 0);
	for (unsigned int i = 0; i < 300; i++) {
		unsigned long held = random_below(40 * MIB);
		uint64_t plugged = random_below(65) * 2 * MIB_BYTES;

		fake_balloon_want(inflated, held);
		virtio_balloon_interrupt(&inflated->dev, virtio_interrupts(&inflated->dev));
		mem_want(plugged);
		for (unsigned int turn = 0; turn < random_below(8); turn++)
			balloon_work_step();
		if (i % 10)
			continue;
		mem_run(100 * SECOND);
		fake_mem_check();
		fake_balloon_check(inflated);
		assert_int_equal(fake_mem.plugged, plugged);
		assert_int_equal(fake_balloon.nr_held, held);
	}
	assert_false(mem->dev.failed || inflated->dev.failed);
	assert_said_nothing();
}

#define HELD_MAX 300U

/* Whatever is wanted, refused, allocated and freed: in the end it is what was wanted last. */
static void random_wishes_are_followed(void **state)
{
	const uint64_t *block = *state;
	uint64_t *held[HELD_MAX], want = 0;
	unsigned int nr = 0;

	random_start();
	mem_start(*block);
	for (unsigned int i = 0; i < 3000; i++) {
		if (random_one_in(10)) {
			want = random_below(REGION_BYTES / *block + 1) * *block;
			mem_want(want);
		}
		if (random_one_in(20))
			fake_mem_answer(random_one_in(2) ? FAKE_NACK : FAKE_BUSY,
					(unsigned int)random_below(3), 2);
		if (nr < HELD_MAX && random_one_in(2)) {
			held[nr] = page_alloc(6, PAGE_FIXED);
			if (held[nr])
				*held[nr] = (uintptr_t)held[nr];
			nr += held[nr] != NULL;
		} else if (nr) {
			unsigned int h = (unsigned int)random_below(nr);

			assert_true(*held[h] == (uintptr_t)held[h]);
			page_free(held[h], 6);
			held[h] = held[--nr];
		}
		fake_virtio_wait(random_below(20) * 1000000);
		balloon_work_step();
		if (i % 50 == 0)
			fake_mem_check();
	}
	while (nr)
		page_free(held[--nr], 6);
	want = want / (2 * MIB_BYTES) * (2 * MIB_BYTES);
	mem_run(100 * SECOND);
	mem_expect(want);
	mem_reach(0);
	assert_false(fake->dev.failed);
}

static const uint16_t refusals[] = {FAKE_NACK, FAKE_BUSY};

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_is_started_in_the_standards_order),
		TEST_WITH(what_the_host_wants_is_plugged_and_unplugged, &blocks[0]),
		TEST_WITH(what_the_host_wants_is_plugged_and_unplugged, &blocks[1]),
		TEST_WITH(what_the_host_wants_is_plugged_and_unplugged, &blocks[2]),
		TEST_WITH(what_the_host_wants_is_plugged_and_unplugged, &blocks[3]),
		TEST_WITH(what_the_host_wants_is_plugged_and_unplugged, &blocks[4]),
		TEST_WITH(a_region_that_begins_inside_a_unit_is_used_from_the_next_on, &blocks[0]),
		TEST_WITH(a_region_that_begins_inside_a_unit_is_used_from_the_next_on, &blocks[1]),
		cmocka_unit_test(sizes_that_cannot_be_count_as_what_can),
		cmocka_unit_test(a_size_that_was_wanted_before_the_driver_came_is_reached),
		cmocka_unit_test(a_device_of_any_pace_is_followed),
		cmocka_unit_test(neighbours_are_one_request),
		cmocka_unit_test(shortage_plugs_what_the_host_allows),
		cmocka_unit_test(what_is_in_use_is_not_unplugged),
		TEST_WITH(a_host_that_is_busy_or_refuses_is_asked_again, &refusals[0]),
		TEST_WITH(a_host_that_is_busy_or_refuses_is_asked_again, &refusals[1]),
		TEST_WITH(a_run_that_is_refused_is_tried_by_halves, &blocks[2]),
		TEST_WITH(a_run_that_is_refused_is_tried_by_halves, &blocks[3]),
		cmocka_unit_test(what_was_plugged_before_is_unplugged_first),
		cmocka_unit_test(there_is_room_for_three_devices),
		cmocka_unit_test(beside_a_balloon_each_has_its_own),
		TEST_WITH(random_wishes_are_followed, &blocks[1]),
		TEST_WITH(random_wishes_are_followed, &blocks[2]),
	};

	return virtio_run(tests, ARRAY_SIZE(tests));
}
