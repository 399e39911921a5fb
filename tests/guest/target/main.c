/* SPDX-License-Identifier: MIT */
/*
 * The guest follows a target: down, up, many times a second, absurd ones, below its floor. What it
 * keeps stays as it was, Xen counts what it counts, and at the target it is silent.
 */
#include <aerostat/shell.h>
#include <lib/errno.h>

#include "frames.h"

#define MIB	   256UL /* in frames */
#define MS	   1000000ULL
#define KEEP	   (20 * MIB)
#define IDLE_S	   10
#define CALLS_IDLE 10 /* to arm the timer, to sleep, to take its interrupt */

static unsigned long present(void)
{
	return pagedb_nr_present(&kernel_mm.db);
}

static struct balloon_stats stats(void)
{
	struct balloon_stats now;

	balloon_stats_get(&now);
	return now;
}

/* Frames with a pattern, and between one and the next a free one, so that few blocks are whole. */
static void keep_every_other(struct runs *kept, unsigned long frames)
{
	struct runs freed = {0};

	while (kept->nr_frames < frames && runs_keep(kept, page_alloc(0, PAGE_FIXED), 0) &&
	       runs_keep(&freed, page_alloc(0, PAGE_FIXED), 0))
		;
	CHECK(kept->nr_frames == frames, "no memory");
	runs_check_and_free(&freed);
}

static void command(const char *text, unsigned long frames)
{
	CHECK(shell_run(text) == 0, "'%s' failed", text);
	CHECK(present() == frames, "%s: %lu frames, not %lu", text, present(), frames);
	check_memory();
}

static void down_and_up(void)
{
	command("balloon 100M", 100 * MIB);
	command("balloon 60M", 60 * MIB);
	command("balloon 200M", 200 * MIB);
	command("balloon 0x3001000", 48 * MIB + 1);
	command("balloon 80M", 80 * MIB);
	CHECK(stats().target == 80 * MIB, "the target is %lu", stats().target);
}

static unsigned long own_to_host(unsigned long frames)
{
	return frames + (unsigned long)stats().offset;
}

/* Some of them absurd. */
static void set_any_target(void)
{
	static uint32_t random = 12345;

	random = random * 1664525 + 1013904223;
	if (random >> 29)
		balloon_target_set(own_to_host(50 * MIB + (random >> 8) % (150 * MIB)));
	else
		balloon_target_set(-(unsigned long)(random >> 28));
}

static void the_last_target_is_reached(void)
{
	balloon_target_set(own_to_host(70 * MIB + 7));
	CHECK(balloon_settle() == 0, "the last target is not reached");
	CHECK(present() == 70 * MIB + 7, "%lu frames", present());
	check_memory();
}

/* Ten a second; the last one counts. */
static void a_storm(void)
{
	for (int i = 0; i < 20; i++) {
		set_any_target();
		thread_sleep_ns(100 * MS);
	}
	the_last_target_is_reached();
}

static bool storm_is_over;

static void storm(void *arg)
{
	(void)arg;
	while (!storm_is_over) {
		set_any_target();
		thread_sleep_ns(20 * MS);
	}
	storm_is_over = false;
}

/* Fifty a second, while somebody takes and frees, and looks after what it has. */
static void a_storm_while_memory_is_used(void)
{
	CHECK(thread_start("storm", storm, NULL), "no memory for a thread");
	CHECK(shell_run("stress 2 7") == 0, "something is damaged");
	storm_is_over = true;
	while (storm_is_over)
		thread_yield();
	the_last_target_is_reached();
}

/* test.toml looks for the line that says so. */
static void the_floor(void)
{
	CHECK(shell_run("balloon 1M") == 0, "nothing moved");
	CHECK(present() == stats().floor, "%lu frames, the floor is %lu", present(), stats().floor);
	CHECK(present() > KEEP && present() < KEEP + 8 * MIB, "%lu frames", present());
	CHECK(balloon_settle() == -ENOSPC, "it says that all is well");
	check_memory();
}

static void idle_at_the_target(void)
{
	uint64_t calls;

	command("balloon 64M", 64 * MIB);
	calls = host_calls();
	thread_sleep_ns(IDLE_S * 1000 * MS);
	calls = host_calls() - calls;
	CHECK(calls <= CALLS_IDLE, "%llu calls into the host", (unsigned long long)calls);
}

/* More than the target comes when it is needed; it stays for a while, but not for a new target. */
static void shortage_goes_before_the_target(void)
{
	struct runs more = {0};

	while (present() <= 64 * MIB && runs_keep(&more, page_alloc(0, PAGE_FIXED), 0))
		;
	CHECK(present() > 64 * MIB, "nothing came");
	CHECK(stats().over_target == present() - 64 * MIB, "%lu are known to be more",
	      stats().over_target);
	runs_check_and_free(&more);
	thread_sleep_ns(2000 * MS);
	CHECK(stats().over_target == present() - 64 * MIB && stats().over_target > 0,
	      "it went at once");
	command("balloon 50M", 50 * MIB);
	CHECK(shell_run("balloon none") == 0, "the target stays");
	CHECK(stats().target == BALLOON_NO_TARGET, "the target is %lu", stats().target);
}

int app_main(int argc, char **argv)
{
	struct runs kept = {0};

	(void)argc;
	(void)argv;
	keep_every_other(&kept, KEEP);
	down_and_up();
	a_storm();
	a_storm_while_memory_is_used();
	the_floor();
	idle_at_the_target();
	shortage_goes_before_the_target();
	runs_check_and_free(&kept);
	return guest_test_done();
}
