/* SPDX-License-Identifier: MIT */
/*
 * Reporting (VIRTIO 1.2 §5.5.6.7): the device is lent ranges of memory whose contents nobody needs,
 * and has the host take them back at once. Ranges of whole blocks only: smaller ones cost the host
 * more than they bring. When the device returns them they are the guest's, as before.
 */
#include <lib/errno.h>
#include <mm/report.h>

#include "balloon.h"

#define RANGES_MAX 32U /* of one element: what every device takes */

static_assert(REPORT_BLOCKS_MAX * BLOCK_SIZE <= 1ULL << 32, "a chain (VIRTIO 1.2 §2.7.5.2)");

static struct {
	struct virtio_device *dev; /* NULL: it does not take reports */
	unsigned int index;
	struct virtq vq;
	struct virtq_buffer range[RANGES_MAX];
	unsigned int nr;
} report;

int balloon_report_open(struct virtio_device *dev, unsigned int index)
{
	int err = virtio_queue_open(dev, index, &report.vq);

	if (!err) {
		report.dev = dev;
		report.index = index;
	}
	return err;
}

void balloon_report_close(struct virtio_device *dev)
{
	virtio_queue_close(dev, &report.vq);
	report.dev = NULL;
}

static int flush(void)
{
	unsigned int nr = report.nr;
	uint32_t written;
	int err;

	report.nr = 0;
	if (!nr)
		return 0;
	err = virtq_add(&report.vq, report.range, 0, nr, 0);
	if (!err && virtq_publish(&report.vq))
		virtio_notify(report.dev, report.index);
	return err ? err : virtio_wait(report.dev, &report.vq, "no response to a report", &written);
}

/* True: the block is the next one of the range, and in it now. */
static bool extend(struct virtq_buffer *range, uint64_t addr)
{
	if (range->addr + range->bytes != addr || range->bytes >= BLOCK_SIZE * 512U)
		return false;
	range->bytes += (uint32_t)BLOCK_SIZE;
	return true;
}

/* Grows the last range by a block that follows it, or begins another. */
static int add_block(pfn_t first)
{
	uint64_t addr = pfn_to_paddr(first).v;

	if (report.nr && extend(&report.range[report.nr - 1], addr))
		return 0;
	if (report.nr == MIN(RANGES_MAX, report.vq.size)) {
		int err = flush();

		if (err)
			return err;
	}
	report.range[report.nr++] = (struct virtq_buffer){addr, (uint32_t)BLOCK_SIZE};
	return 0;
}

int balloon_report_blocks(const struct balloon_backend *self, const pfn_t *block, unsigned int nr)
{
	(void)self;
	int err = 0;

	if (!report.dev || report.dev->failed)
		return -ENODEV;
	for (unsigned int i = 0; i < nr && !err; i++)
		err = add_block(block[i]);
	if (!err)
		err = flush();
	return err && report.dev->runs_on ? -EBUSY : err;
}
