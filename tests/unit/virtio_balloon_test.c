/* SPDX-License-Identifier: MIT */
/* The virtio balloon's driver with an honest device: the order of its start, and what goes where.
 */
#include "virtio.h"

#include "random.h"

#define FRAMES (64 * MIB)
#define ALL    (FAKE_F_VERSION_1 | FAKE_F_STATS | FAKE_F_HINT | FAKE_F_POISON | FAKE_F_REPORTING)

static void the_device_is_started_in_the_standards_order(void **state)
{
	(void)state;
	start_with(FRAMES, FAKE_F_VERSION_1);
	assert_string_equal(fake->log,
			    "reset status=1 status=3 features0=0 features1=1 status=b queue0 "
			    "queue1 status=f config4=0");
}

static void frames_go_and_come_back(void **state)
{
	unsigned long moved;

	(void)state;
	start_with(FRAMES, FAKE_F_VERSION_1 | FAKE_F_DEFLATE_ON_OOM);
	assert_int_equal(balloon_shrink(20 * MIB + 3, &moved), 0);
	assert_int_equal(moved, 20 * MIB + 3);
	assert_int_equal(fake_balloon.nr_held, moved);
	assert_int_equal(fake_balloon.actual, moved);
	fake_balloon_check(fake);
	assert_int_equal(balloon_grow(moved, &moved), 0);
	assert_int_equal(moved, 20 * MIB + 3);
	fake_balloon_check(fake);
	assert_int_equal(fake_balloon.nr_held, 0);
	assert_int_equal(present(), FRAMES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_device_is_started_in_the_standards_order),
		cmocka_unit_test(frames_go_and_come_back),
	};

	return virtio_run(tests, ARRAY_SIZE(tests));
}
