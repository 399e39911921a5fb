/* SPDX-License-Identifier: MIT */
/*
 * Statistics (VIRTIO 1.2 §5.5.6.3): a queue the other way round. The device keeps our buffer until
 * it wants news; then it gives it back, and gets it again filled anew.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/page.h>

#include "balloon.h"

enum {
	STAT_SWAP_IN,
	STAT_SWAP_OUT,
	STAT_MAJOR_FAULTS,
	STAT_MINOR_FAULTS,
	STAT_FREE,
	STAT_TOTAL,
	STAT_AVAILABLE,
	STAT_CACHES,
	STAT_HUGE_ALLOC,
	STAT_HUGE_FAIL,
	NR_STATS
};

struct stat {
	uint16_t tag;
	uint64_t value;
} __packed;

static_assert(sizeof(struct stat) == 10, "VIRTIO 1.2 §5.5.6.4");

static struct {
	struct virtio_device *dev;
	unsigned int index;
	struct virtq vq;
	struct stat *stat;
} stats;

/* There is no swapping here, no fault that is served, and no cache that is not in use. */
static void fill(void)
{
	struct mm_stats mem;

	mm_stats_get(&mem);
	for (unsigned int tag = 0; tag < NR_STATS; tag++)
		stats.stat[tag] = (struct stat){.tag = (uint16_t)tag};
	stats.stat[STAT_FREE].value = (uint64_t)mem.free << PAGE_SHIFT;
	stats.stat[STAT_TOTAL].value = (uint64_t)mem.present << PAGE_SHIFT;
	stats.stat[STAT_AVAILABLE].value = (uint64_t)mem.free << PAGE_SHIFT;
}

static int stats_give(void)
{
	struct virtq_buffer buffer = {
		.addr = pfn_to_paddr(virt_to_pfn(stats.stat)).v,
		.bytes = NR_STATS * sizeof(struct stat),
	};
	int err;

	fill();
	err = virtq_add(&stats.vq, &buffer, 1, 0, 0);
	if (!err && virtq_publish(&stats.vq))
		virtio_notify(stats.dev, stats.index);
	return err;
}

int balloon_stats_open(struct virtio_device *dev, unsigned int index)
{
	int err = virtio_queue_open(dev, index, &stats.vq);

	if (err)
		return err;
	stats.stat = page_alloc(0, PAGE_FIXED);
	if (!stats.stat)
		return -ENOMEM;
	stats.dev = dev;
	stats.index = index;
	return 0;
}

void balloon_stats_close(struct virtio_device *dev)
{
	virtio_queue_close(dev, &stats.vq);
	virtio_take_back(dev, stats.stat, 0);
	stats.stat = NULL;
	stats.dev = NULL;
}

void balloon_stats_interrupt(void)
{
	struct virtq_done done;
	int err;

	if (!stats.dev || stats.dev->failed)
		return;
	err = virtq_in_flight(&stats.vq) ? virtq_take(&stats.vq, &done) : 0;
	if (!err)
		err = stats_give();
	if (err && err != -EAGAIN)
		virtio_fail_queue(stats.dev, &stats.vq);
}
