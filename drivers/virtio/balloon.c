/* SPDX-License-Identifier: MIT */
/*
 * The virtio balloon as a backend (VIRTIO 1.2 §5.5). The host's count is what the guest was started
 * with, less what the balloon holds. Frames in it are absent for the kernel: unmapped, and
 * nobody's.
 */
#include <balloon/backend.h>
#include <balloon/balloon.h>
#include <lib/config.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/mm.h>

#include "balloon.h"

#define F_MUST_TELL_HOST (1ULL << 0)
#define F_STATS		 (1ULL << 1)
#define F_DEFLATE_ON_OOM (1ULL << 2)
#define F_FREE_PAGE_HINT (1ULL << 3)
#define F_REPORTING	 (1ULL << 5)

#define CONFIG_NUM_PAGES 0U
#define CONFIG_ACTUAL	 4U

enum { QUEUE_INFLATE, QUEUE_DEFLATE, QUEUE_STATS };

static struct {
	struct virtio_device *dev;
	uint64_t features;
	struct balloon_list inflate, deflate;
	unsigned long total;  /* frames at the start, all of them with an empty balloon */
	unsigned long actual; /* frames in the balloon */
} balloon_dev;

static void tell_actual(void)
{
	virtio_config_write32(balloon_dev.dev, CONFIG_ACTUAL, (uint32_t)balloon_dev.actual);
}

static unsigned long wanted(void)
{
	return (unsigned long)virtio_config_read(balloon_dev.dev, CONFIG_NUM_PAGES,
						 sizeof(uint32_t));
}

/* The host's target. A balloon larger than all memory leaves nothing. */
static unsigned long target(void)
{
	unsigned long frames = wanted(); /* one look */

	return balloon_dev.total - MIN(frames, balloon_dev.total);
}

static int virtio_current(const struct balloon_backend *self, unsigned long *frames)
{
	(void)self;
	*frames = balloon_dev.total - balloon_dev.actual;
	return 0;
}

/* A device that is left alone wants nothing any more, and nobody tries in vain. */
static int answer(int err)
{
	if (!balloon_dev.dev->failed)
		return err;
	balloon_target_none();
	return -EIO;
}

/* The balloon is the host's to empty, unless it lets us do so when we are short. */
static int virtio_ceiling(const struct balloon_backend *self, unsigned long *frames)
{
	(void)self;
	*frames = balloon_dev.features & F_DEFLATE_ON_OOM ? balloon_dev.total : target();
	return answer(0);
}

/* Frames that come back may be used at once, unless the device insists on being told before. */
static int virtio_grow(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
		       unsigned int order, unsigned int *done)
{
	(void)self;
	int err = 0;

	*done = 0;
	for (unsigned int i = 0; i < nr && !err; i++)
		err = balloon_list_send(&balloon_dev.deflate, extent[i], 1UL << order);
	if (!err && (balloon_dev.features & F_MUST_TELL_HOST))
		err = balloon_list_drain(&balloon_dev.deflate);
	if (!err)
		err = balloon_list_show(&balloon_dev.deflate);
	if (err)
		return answer(err);
	*done = nr;
	balloon_dev.actual -= MIN((unsigned long)nr << order, balloon_dev.actual);
	tell_actual();
	return 0;
}

/*
 * Frames are the host's once it acknowledged them: never is one taken back before. Those that it
 * never will have gone, too, and go on counting as ours: they are lost.
 */
static int virtio_shrink(const struct balloon_backend *self, const pfn_t *extent, unsigned int nr,
			 unsigned int order, unsigned long *frames)
{
	(void)self;
	struct balloon_list *list = &balloon_dev.inflate;
	unsigned long sent = list->sent, acked = list->acked;
	int err = balloon_list_drain(&balloon_dev.deflate);

	for (unsigned int i = 0; i < nr && !err; i++)
		err = balloon_list_send(list, extent[i], 1UL << order);
	if (!err)
		err = balloon_list_drain(list);
	*frames = list->sent - sent;
	balloon_dev.actual += list->acked - acked;
	tell_actual();
	return answer(err);
}

static void virtio_forget(const struct balloon_backend *self, pfn_t first, unsigned long frames)
{
	(void)self;
	(void)first;
	(void)frames;
}

static const struct balloon_backend backend = {
	.name = "virtio",
	.unit = 1,
	.ceiling = virtio_ceiling,
	.current = virtio_current,
	.grow = virtio_grow,
	.needs_scrub = false, /* the host discards what it gets */
	.shrink = virtio_shrink,
	.report = IS_ENABLED(CONFIG_VIRTIO_BALLOON_REPORTING) ? balloon_report_blocks : NULL,
	.forget = virtio_forget,
};

#define F_STATS_DRIVEN	   (IS_ENABLED(CONFIG_VIRTIO_BALLOON_STATS) ? F_STATS : 0)
#define F_REPORTING_DRIVEN (IS_ENABLED(CONFIG_VIRTIO_BALLOON_REPORTING) ? F_REPORTING : 0)
#define FEATURES	   (F_MUST_TELL_HOST | F_DEFLATE_ON_OOM | F_STATS_DRIVEN | F_REPORTING_DRIVEN)

static bool has_stats(void)
{
	return F_STATS_DRIVEN && (balloon_dev.features & F_STATS);
}

static bool has_reporting(void)
{
	return F_REPORTING_DRIVEN && (balloon_dev.features & F_REPORTING);
}

/* Behind the queues of all lower features that the device offers, taken by us or not. */
static unsigned int report_queue(uint64_t offered)
{
	return QUEUE_STATS + !!(offered & F_STATS) + !!(offered & F_FREE_PAGE_HINT);
}

static int open_queues(struct virtio_device *dev)
{
	int err = balloon_list_open(&balloon_dev.inflate, dev, QUEUE_INFLATE);

	if (!err)
		err = balloon_list_open(&balloon_dev.deflate, dev, QUEUE_DEFLATE);
	if (!err && has_stats())
		err = balloon_stats_open(dev, QUEUE_STATS);
	if (!err && has_reporting())
		err = balloon_report_open(dev, report_queue(virtio_offers(dev)));
	return err;
}

static void close_queues(struct virtio_device *dev)
{
	balloon_list_close(&balloon_dev.inflate, dev);
	balloon_list_close(&balloon_dev.deflate, dev);
	if (has_stats())
		balloon_stats_close(dev);
	if (has_reporting())
		balloon_report_close(dev);
}

static int balloon_device_start(struct virtio_device *dev)
{
	struct mm_stats mem;
	int err = virtio_negotiate(dev, FEATURES, &balloon_dev.features);

	if (err)
		return err;
	err = open_queues(dev);
	if (err) {
		virtio_fail(dev, err == -ENOMEM ? "out of memory for its queues" : "missing queue");
		close_queues(dev);
		return err;
	}
	mm_stats_get(&mem);
	balloon_dev.total = mem.present - mem.devices;
	balloon_dev.actual = 0;
	virtio_begin(dev);
	tell_actual();
	return 0;
}

/* Follow the device's target. A device that violates the protocol has none. */
static void read_target(void)
{
	unsigned long frames = target();

	if (balloon_dev.dev->failed)
		balloon_target_none();
	else
		balloon_target_set(frames);
}

int virtio_balloon_attach(struct virtio_device *dev)
{
	int err;

	if (balloon_dev.dev) {
		printk("virtio: %s: second balloon device: disabled\n", dev->name);
		return -EBUSY;
	}
	balloon_dev.dev = dev;
	err = balloon_device_start(dev);
	if (err) {
		balloon_dev.dev = NULL;
		return err;
	}
	/* Started, it is ours for good, also as one that is left alone. */
	if (balloon_register(&backend)) {
		virtio_fail(dev, "not registered as a balloon");
		return 0;
	}
	if (has_stats())
		balloon_stats_interrupt();
	/* An empty balloon without a request is no target. */
	if (wanted())
		read_target();
	return 0;
}

void virtio_balloon_interrupt(struct virtio_device *dev, unsigned int why)
{
	(void)dev;
	if ((why & VIRTIO_INTERRUPT_QUEUE) && has_stats())
		balloon_stats_interrupt();
	/* Also one that says what we have: the one before, which we may be on the way to, is void.
	 */
	if ((why & VIRTIO_INTERRUPT_CONFIG) || balloon_dev.dev->failed)
		read_target();
}
