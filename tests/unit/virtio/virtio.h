/* SPDX-License-Identifier: MIT */
/*
 * What the tests on fake virtio devices share. A driver is started once in a kernel's life, so each
 * test is run in a process of its own.
 */
#ifndef TESTS_UNIT_VIRTIO_H
#define TESTS_UNIT_VIRTIO_H

#include <balloon/balloon.h>
#include <lib/errno.h>
#include <mm/page.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "balloon/control.h"
#include "balloon/policy.h"
#include "drivers/virtio/balloon.h"
#include "drivers/virtio/virtio.h"
#include "tests/fake/virtio/balloon.h"
#include "tests/unit/memory.h"
#include "tests/unit/said.h"

#define MIB    256UL /* in frames */
#define SECOND 1000000000ULL

static struct fake_virtio *fake;

/* Memory of which none can grow but what the balloon took, and a balloon; not started yet. */
static inline void boot_with(unsigned long frames, uint64_t offered)
{
	const struct boot_range ram = {PFN(0), frames, BOOT_RAM};

	memory_nr_taken = 0;
	reserve_stash()->nr = 0;
	kernel_mm = (struct mm){0};
	linux_boot(&ram, 1);
	assert_int_equal(mm_init(&boot_info), 0);
	fake_virtio_forget();
	fake_balloon_start();
	fake = fake_virtio_add(&fake_balloon_model, offered);
	said_start();
}

/* The same, and the driver has it. */
static inline void start_with(unsigned long frames, uint64_t offered)
{
	boot_with(frames, offered);
	assert_int_equal(virtio_balloon_attach(&fake->dev), 0);
	assert_said_nothing();
}

/* What virtio_dispatch() does when the device interrupts. */
static inline void take_interrupt(void)
{
	unsigned int why = virtio_interrupts(&fake->dev);

	if (why && !fake->dev.failed)
		virtio_balloon_interrupt(&fake->dev, why);
}

static inline unsigned long present(void)
{
	return pagedb_nr_present(&kernel_mm.db);
}

/* The test has these blocks; the third of them is not there: two ranges. */
static inline void take_blocks(pfn_t *block, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		void *at = page_alloc(BLOCK_ORDER, PAGE_FIXED);

		assert_non_null(at);
		if (i == 2)
			assert_non_null(at = page_alloc(BLOCK_ORDER, PAGE_FIXED));
		block[i] = virt_to_pfn(at);
	}
}

/* One line was said, the device was reset and will be left alone. */
static inline void assert_left_alone(const char *text)
{
	assert_said_once(text);
	assert_true(fake->status & STATUS_FAILED);
	assert_true(fake->dev.runs_on || strstr(fake->log, "reset status=80"));
	assert_null(page_alloc_check(&kernel_mm.pages));
	assert_null(pagedb_check(&kernel_mm.db));
}

/* Whatever is asked of it, it is asked in vain, and nothing more is said or changed. */
static inline void assert_the_guest_lives_on(unsigned long frames)
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
	assert_int_equal(balloon_report_blocks(NULL, &block, 1), -ENODEV);
	fake->interrupts = VIRTIO_INTERRUPT_QUEUE | VIRTIO_INTERRUPT_CONFIG;
	take_interrupt();
	balloon_stats_get(&stats);
	assert_int_equal(stats.target, BALLOON_NO_TARGET);
	assert_int_equal(balloon_work_step(), POLICY_NEVER);
	assert_int_equal(present(), frames);
	assert_string_equal(fake->log, log);
}

/* A test with parameters of its own: *state points to them. */
#define TEST_WITH(test, parameters)                                             \
	{                                                                       \
		.name = #test, .test_func = (test),                             \
		.initial_state = (void *)(uintptr_t)(const void *)(parameters), \
	}

/* Every test in a process of its own; 0 if all passed. */
static inline int virtio_run(const struct CMUnitTest *tests, size_t nr)
{
	int failed = 0;

	for (size_t i = 0; i < nr; i++) {
		int status;
		pid_t child;

		fflush(NULL);
		child = fork();
		if (child == 0) {
			status = _cmocka_run_group_tests(tests[i].name, &tests[i], 1, NULL, NULL);
			fflush(NULL);
			_exit(status ? 1 : 0);
		}
		failed += child < 0 || waitpid(child, &status, 0) != child || status;
	}
	return failed;
}

/* The same of a list that is made by TEST_ONE() and TEST_ALL(). */
#define TESTS_MAX 1024U

static struct CMUnitTest test_list[TESTS_MAX];
static unsigned int test_nr;

static inline void test_add(const char *name, CMUnitTestFunction function, const void *parameters)
{
	assert_true(test_nr < TESTS_MAX);
	test_list[test_nr++] = (struct CMUnitTest)TEST_WITH(function, parameters);
	test_list[test_nr - 1].name = name;
}

#define TEST_ONE(function) test_add(#function, function, NULL)

/* Once for each of an array of parameters. */
#define TEST_ALL(function, list)                                           \
	for (unsigned int test_i = 0; test_i < ARRAY_SIZE(list); test_i++) \
	test_add(#function, function, &(list)[test_i])

static inline int virtio_run_all(void)
{
	return virtio_run(test_list, test_nr);
}

#endif
