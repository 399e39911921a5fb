/* SPDX-License-Identifier: MIT */
/* What a balloon does with each of its queues, and what a driver may not. */
#include <arch/page.h>
#include <lib/bug.h>
#include <mm/mm.h>
#include <string.h>

#include "arch/linux/pagetable.h"
#include "balloon.h"

#define CONFIG_NUM_PAGES 0U
#define CONFIG_ACTUAL	 4U
#define CONFIG_BYTES	 16U
#define ELEMENT_MAX	 1024U /* bytes: what every device takes */
#define STAT_BYTES	 10U
#define DISCARDED	 0xd5
#define DISCARD_STRIDE	 16U

struct fake_balloon fake_balloon;

static bool is_mapped(unsigned long frame)
{
	return linux_pt_is_mapped(pfn_to_virt(PFN(frame)));
}

static void inflate(unsigned long frame)
{
	assert(frame < FAKE_BALLOON_FRAMES && !fake_balloon.holds[frame] && !is_mapped(frame));
	fake_balloon.holds[frame] = true;
	fake_balloon.nr_held++;
	fake_balloon.inflated++;
}

static void deflate(unsigned long frame, bool must_be_told)
{
	assert(frame < FAKE_BALLOON_FRAMES && fake_balloon.holds[frame]);
	assert(!must_be_told || !is_mapped(frame));
	fake_balloon.holds[frame] = false;
	fake_balloon.nr_held--;
	fake_balloon.deflated++;
}

static unsigned int field_bytes(unsigned int offset)
{
	(void)offset;
	return sizeof(uint32_t);
}

static void take_numbers(struct fake_virtio *fake, const struct fake_chain *chain, bool inflates)
{
	const struct fake_buffer *buffer = chain->buffer;
	const uint32_t *number = fake_virtio_memory(buffer->addr, buffer->bytes);

	assert(chain->nr == 1 && !buffer->is_written && buffer->bytes <= ELEMENT_MAX);
	for (unsigned int i = 0; i < buffer->bytes / sizeof(*number); i++) {
		if (inflates)
			inflate(number[i]);
		else
			deflate(number[i], fake->accepted & FAKE_F_MUST_TELL_HOST);
	}
}

static void keep_stats(const struct fake_chain *chain)
{
	const struct fake_buffer *buffer = chain->buffer;
	const char *stat = fake_virtio_memory(buffer->addr, buffer->bytes);

	assert(chain->nr == 1 && !buffer->is_written && !fake_balloon.has_stats);
	assert(buffer->bytes % STAT_BYTES == 0);
	for (; stat < (const char *)fake_virtio_memory(buffer->addr, 1) + buffer->bytes;
	     stat += STAT_BYTES) {
		uint16_t tag;

		memcpy(&tag, stat, sizeof(tag));
		assert(tag < FAKE_BALLOON_STATS);
		memcpy(&fake_balloon.stat[tag], stat + sizeof(tag), sizeof(uint64_t));
	}
	fake_balloon.nr_stats++;
	fake_balloon.has_stats = true;
	fake_balloon.stats_head = chain->head;
}

/* Whole blocks, ours to destroy: one page in DISCARD_STRIDE, since each is a page fault. */
static void discard(const struct fake_buffer *range)
{
	assert(range->is_written && range->addr % BLOCK_SIZE == 0 &&
	       range->bytes % BLOCK_SIZE == 0);
	for (uint32_t at = 0; at < range->bytes; at += DISCARD_STRIDE * PAGE_SIZE)
		memset(fake_virtio_memory(range->addr + at, PAGE_SIZE), DISCARDED, PAGE_SIZE);
	fake_balloon.reported += range->bytes >> PAGE_SHIFT;
}

static bool serve(struct fake_virtio *fake, unsigned int queue, const struct fake_chain *chain,
		  uint32_t *written)
{
	uint64_t offered = fake->offered;

	*written = 0;
	if (queue <= FAKE_DEFLATE) {
		take_numbers(fake, chain, queue == FAKE_INFLATE);
		return true;
	}
	if (queue == fake_balloon_queue(offered, FAKE_STATS) && (offered & FAKE_F_STATS)) {
		keep_stats(chain);
		return false;
	}
	assert(queue == fake_balloon_queue(offered, FAKE_REPORTING) &&
	       (offered & FAKE_F_REPORTING));
	for (unsigned int i = 0; i < chain->nr; i++)
		discard(&chain->buffer[i]);
	return true;
}

/* It may never say more than the device has acknowledged, and only `actual` may be written. */
static void config_written(struct fake_virtio *fake, unsigned int offset)
{
	uint32_t actual;

	assert(offset == CONFIG_ACTUAL && (fake->status & STATUS_DRIVER_OK));
	memcpy(&actual, fake->config + offset, sizeof(actual));
	assert(actual <= fake_balloon.nr_held);
	if (fake->accepted & FAKE_F_MUST_TELL_HOST)
		assert(actual == fake_balloon.nr_held);
	fake_balloon.actual = actual;
}

/* What it holds it goes on holding. */
static void reset(struct fake_virtio *fake)
{
	(void)fake;
	fake_balloon.has_stats = false;
}

const struct fake_virtio_model fake_balloon_model = {
	.type = VIRTIO_BALLOON,
	.config_bytes = CONFIG_BYTES,
	.field_bytes = field_bytes,
	.reset = reset,
	.serve = serve,
	.config_written = config_written,
};

void fake_balloon_start(void)
{
	fake_balloon = (struct fake_balloon){0};
}

unsigned int fake_balloon_queue(uint64_t offered, enum fake_balloon_queue queue)
{
	if (queue <= FAKE_STATS)
		return queue;
	return FAKE_STATS + !!(offered & FAKE_F_STATS) +
	       (queue == FAKE_REPORTING && (offered & FAKE_F_HINT));
}

void fake_balloon_want(struct fake_virtio *fake, unsigned long frames)
{
	fake_virtio_set_config(fake, CONFIG_NUM_PAGES, (uint32_t)frames);
}

void fake_balloon_ask_stats(struct fake_virtio *fake)
{
	assert(fake_balloon.has_stats);
	fake_balloon.has_stats = false;
	fake_virtio_return(fake, fake_balloon_queue(fake->offered, FAKE_STATS),
			   fake_balloon.stats_head, 0);
}

void fake_balloon_check_used(void)
{
	for (unsigned long i = 0; i < FAKE_BALLOON_FRAMES; i++)
		assert(!fake_balloon.holds[i] || !pagedb_is_present(&kernel_mm.db, PFN(i)));
}

void fake_balloon_check(struct fake_virtio *fake)
{
	const struct pagedb *db = &kernel_mm.db;

	fake_virtio_run(fake);
	assert(!pagedb_check(db) && !page_alloc_check(&kernel_mm.pages));
	for (unsigned long i = 0; i < FAKE_BALLOON_FRAMES && i < db->nr_blocks * BLOCK_FRAMES; i++)
		assert(fake_balloon.holds[i] != pagedb_is_present(db, PFN(i)));
}
