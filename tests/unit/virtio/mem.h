/* SPDX-License-Identifier: MIT */
/* A guest of 64 MiB with a virtio-mem device whose region lies at 1 GiB. */
#ifndef TESTS_UNIT_VIRTIO_MEM_H
#define TESTS_UNIT_VIRTIO_MEM_H

#include <arch/cpu.h>
#include <mm/owner.h>

#include "balloon/control.h"
#include "balloon/policy.h"
#include "drivers/virtio/mem.h"
#include "tests/fake/virtio/mem.h"
#include "virtio.h"

#define FRAMES	     (64 * MIB)
#define MIB_BYTES    (1ULL << 20)
#define REGION	     (1024 * MIB_BYTES)
#define REGION_BYTES (256 * MIB_BYTES)
#define SECOND	     1000000000ULL

/* The device is there, and not started. */
static inline void mem_boot(uint64_t block)
{
	boot_with(FRAMES, FAKE_F_VERSION_1);
	fake_virtio_forget();
	fake = fake_mem_add(REGION, REGION_BYTES, block);
}

static inline void mem_start(uint64_t block)
{
	mem_boot(block);
	assert_int_equal(virtio_mem_attach(&fake->dev), 0);
	assert_said_nothing();
}

static inline void mem_interrupt(void)
{
	unsigned int why = virtio_interrupts(&fake->dev);

	if (why && !fake->dev.failed)
		virtio_mem_interrupt(&fake->dev, why);
}

static inline void mem_want(uint64_t bytes)
{
	fake_mem_want(fake, bytes);
	mem_interrupt();
}

/* The engine's thread, for so long or until it has nothing to do. */
static inline void mem_run(uint64_t ns)
{
	uint64_t end = clock_ns() + ns;

	while (clock_ns() < end) {
		uint64_t wait = balloon_work_step();

		if (wait == POLICY_NEVER)
			return;
		fake_virtio_wait(wait);
	}
}

static inline struct balloon_stats mem_stats(void)
{
	struct balloon_stats stats;
	unsigned int nth = 0;

	while (balloon_backend_stats_get(nth++, &stats))
		if (!strcmp(stats.backend, "virtio-mem"))
			return stats;
	fail_msg("there is no virtio-mem backend");
	return stats;
}

/* As many bytes are plugged as the guest thinks, and there are as many frames more. */
static inline void mem_expect(uint64_t bytes)
{
	fake_mem_check();
	assert_int_equal(fake_mem.plugged, bytes);
	assert_int_equal(mem_stats().present, bytes >> PAGE_SHIFT);
	assert_int_equal(present(), FRAMES + (bytes >> PAGE_SHIFT));
}

static inline void mem_reach(uint64_t bytes)
{
	mem_want(bytes);
	mem_run(100 * SECOND);
	mem_expect(bytes);
}

#endif
