/* SPDX-License-Identifier: MIT */
/*
 * What is printed to a device that takes nothing, little, or all (arch/common/console/output.c):
 * all of it comes in order, or a mark says how much is missing; and nothing waits for long.
 */
#include "arch/common/console/device.h"
#include "console.h"
#include "tests/unit/random.h"

static size_t room;	 /* bytes that the device still takes */
static uint64_t look_ns; /* what a look at it takes */
static unsigned long looks;
static bool watched;
static bool takes_pieces;
static bool ends_again; /* the machine ends once more at each look */
static unsigned int depth;

size_t console_device_write(const char *text, size_t n)
{
	size_t took = MIN(n, room);

	looks++;
	pass_ns(look_ns);
	assert_true(++depth < 3);
	if (ends_again)
		console_finish();
	depth--;
	if (takes_pieces && took)
		took = 1 + random_below(took);
	for (size_t i = 0; i < took; i++)
		get(text[i]);
	room -= took;
	return took;
}

void console_device_watch(bool on)
{
	watched = on;
}

static uint64_t first; /* byte of this test */

static int start(void **state)
{
	(void)state;
	room = SIZE_MAX;
	takes_pieces = false;
	look_ns = 0;
	assert_true(console_flush());
	start_over();
	looks = 0;
	first = nr_printed;
	return 0;
}

static void what_the_device_takes_it_gets_at_once(void **state)
{
	(void)state;
	print(10);
	assert_int_equal(nr_got, 10);
	print(100000);
	assert_int_equal(check_got(first, false), 0);
	assert_false(watched);
}

static void what_it_does_not_take_waits_and_is_watched(void **state)
{
	(void)state;
	room = 100;
	print(KEPT);
	assert_int_equal(nr_got, 100);
	assert_true(watched);
	room = 50;
	assert_false(console_flush());
	assert_int_equal(nr_got, 150);
	assert_true(watched);
	room = SIZE_MAX;
	assert_true(console_flush());
	assert_false(watched);
	assert_int_equal(check_got(first, false), 0);
}

static void the_oldest_is_lost_and_a_mark_says_how_much(void **state)
{
	(void)state;
	room = 100;
	print(100 + KEPT + 1234);
	room = 5; /* the mark begins */
	assert_false(console_flush());
	print(66);
	room = SIZE_MAX;
	assert_true(console_flush());
	assert_non_null(strstr(got, "\n[... 1234 bytes lost ...]\n\n[... 66 bytes lost ...]\n"));
	assert_int_equal(check_got(first, false), 1300);
}

static void whatever_it_takes_and_when_nothing_is_missing_unsaid(void **state)
{
	(void)state;
	takes_pieces = true;
	look_ns = 100000;
	for (int round = 0; round < 300; round++) {
		room = random_below(3) ? random_below(2000) : 0;
		print(random_below(round % 10 ? 700 : 30000));
		if (random_below(4) == 0)
			console_flush();
	}
	room = SIZE_MAX;
	takes_pieces = false;
	assert_true(console_flush());
	assert_true(check_got(first, false) > 0);
}

static void a_device_that_stopped_is_waited_for_once(void **state)
{
	(void)state;
	room = 0;
	look_ns = 1000000;
	print(2 * KEPT);
	assert_in_range(now_ns, NS_PER_S, NS_PER_S + 300000000);
	looks = 0;
	print(512);
	assert_int_equal(looks, 1);
	room = KEPT / 2; /* and the mark: not yet half is free */
	console_flush();
	looks = 0;
	print(512);
	print(512);
	assert_in_range(looks, 1, 4);
}

static void it_is_waited_for_again_once_half_is_free(void **state)
{
	(void)state;
	room = 0;
	look_ns = 1000000;
	print(2 * KEPT);
	room = SIZE_MAX;
	assert_true(console_flush());
	room = 0;
	print(KEPT);
	looks = 0;
	room = 0;
	pass_ns(NS_PER_S); /* it took nothing since then */
	print(512);
	assert_in_range(looks, 1, 3);
}

static void before_the_clock_goes_a_wait_ends_too(void **state)
{
	(void)state;
	room = 0;
	linux_stop_clock(0);
	print(2 * KEPT);
	room = SIZE_MAX;
	assert_true(console_flush());
	assert_int_equal(check_got(first, false), KEPT);
}

static void an_interrupt_hands_over_a_little(void **state)
{
	(void)state;
	room = 0;
	print(2000);
	room = SIZE_MAX;
	linux_set_interrupt(true);
	assert_false(console_flush());
	assert_int_equal(nr_got, 512);
	assert_true(watched);
	linux_set_interrupt(false);
	assert_true(console_flush());
}

static void a_reader_is_slow_while_it_reads(void **state)
{
	(void)state;
	room = 0;
	print(KEPT / 2);
	assert_false(console_is_slow());
	print(1);
	assert_true(console_is_slow());
	pass_ns(NS_PER_S);
	assert_false(console_is_slow());
	print(100);
	room = 1;
	assert_true(console_is_slow());
}

static void the_end_waits_for_what_is_taken(void **state)
{
	(void)state;
	room = 0;
	print(5000);
	look_ns = 1000;
	console_finish();
	assert_in_range(now_ns, 2 * NS_PER_S, 2 * NS_PER_S + 2000);
	room = SIZE_MAX;
	takes_pieces = true;
	console_finish();
	assert_int_equal(check_got(first, false), 0);
}

static void the_end_comes_however_slow_the_reader(void **state)
{
	(void)state;
	room = 0;
	print(5000);
	look_ns = NS_PER_S / 4;
	for (room = 1; now_ns < 5 * NS_PER_S; room = 1)
		console_flush();
	look_ns = NS_PER_S * 3 / 4;
	room = 100;
	takes_pieces = true;
	console_finish();
	assert_in_range(now_ns, 5 * NS_PER_S, 17 * NS_PER_S);
	linux_stop_clock(0);
	room = 0;
	console_finish();
}

/* As after an interrupt that took the time, handed text over, and returned. */
static void text_taken_after_the_clock_was_read_is_progress(void **state)
{
	(void)state;
	room = 0;
	print(KEPT);
	pass_ns(-1ULL);
	assert_true(console_is_slow());
	look_ns = 1000000;
	looks = 0;
	print(512);
	assert_in_range(looks, 90, 110);
}

/* By a fault in the device's code, or a signal. */
static void an_end_during_the_end_is_not_waited_for(void **state)
{
	(void)state;
	room = 0;
	print(5000);
	look_ns = 1000000;
	ends_again = true;
	console_finish();
	ends_again = false;
	assert_in_range(now_ns, 2 * NS_PER_S, 2 * NS_PER_S + 2000000);
	room = SIZE_MAX;
	console_finish();
	assert_int_equal(check_got(first, false), 0);
}

static bool put_sometimes(char c)
{
	if (random_below(2))
		return false;
	get(c);
	return true;
}

static void a_newline_has_one_carriage_return(void **state)
{
	static const char text[] = "one\n\ntwo\nthree";
	size_t done = 0;

	(void)state;
	while (done < sizeof(text) - 1)
		done += console_put_lines(text + done, sizeof(text) - 1 - done, put_sometimes);
	assert_string_equal(got, "one\r\n\r\ntwo\r\nthree");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_the_device_takes_it_gets_at_once, start),
		cmocka_unit_test_setup(what_it_does_not_take_waits_and_is_watched, start),
		cmocka_unit_test_setup(the_oldest_is_lost_and_a_mark_says_how_much, start),
		cmocka_unit_test_setup(whatever_it_takes_and_when_nothing_is_missing_unsaid, start),
		cmocka_unit_test_setup(a_device_that_stopped_is_waited_for_once, start),
		cmocka_unit_test_setup(it_is_waited_for_again_once_half_is_free, start),
		cmocka_unit_test_setup(before_the_clock_goes_a_wait_ends_too, start),
		cmocka_unit_test_setup(an_interrupt_hands_over_a_little, start),
		cmocka_unit_test_setup(a_reader_is_slow_while_it_reads, start),
		cmocka_unit_test_setup(the_end_waits_for_what_is_taken, start),
		cmocka_unit_test_setup(the_end_comes_however_slow_the_reader, start),
		cmocka_unit_test_setup(text_taken_after_the_clock_was_read_is_progress, start),
		cmocka_unit_test_setup(an_end_during_the_end_is_not_waited_for, start),
		cmocka_unit_test_setup(a_newline_has_one_carriage_return, start),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
