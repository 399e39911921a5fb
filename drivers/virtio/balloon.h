/* SPDX-License-Identifier: MIT */
/* What the parts of the virtio balloon share (VIRTIO 1.2 §5.5). One device. */
#ifndef DRIVERS_VIRTIO_BALLOON_H
#define DRIVERS_VIRTIO_BALLOON_H

#include <lib/addr.h>

#include "virtio.h"

/* --- balloon.c --- */

/* Takes the device over and registers the balloon's backend. -EBUSY: there is one; -EIO, ... */
int virtio_balloon_attach(struct virtio_device *dev) __must_check;

/* Interrupts off. */
void virtio_balloon_interrupt(unsigned int why);

/* --- balloon_list.c: lists of frames, lent to the device through a queue --- */

struct balloon_list {
	struct virtio_device *dev;
	unsigned int index; /* of the queue */
	struct virtq vq;
	uint32_t *pfn;	     /* LIST_ELEMENTS elements of LIST_PFNS numbers */
	uint64_t in_use;     /* elements that the device has */
	unsigned long sent;  /* frames that the device was lent, ever, */
	unsigned long acked; /* and those that it acknowledged */
};

/* As virtio_queue_open(). */
int balloon_list_open(struct balloon_list *list, struct virtio_device *dev, unsigned int index);

/* Of a device that is left alone, however far it was opened. */
void balloon_list_close(struct balloon_list *list, struct virtio_device *dev);

/*
 * Lends the numbers of `frames` frames to the device, waiting only where there is no room for more.
 * -EIO: the device lies or does not answer; it was left alone.
 */
int balloon_list_send(struct balloon_list *list, pfn_t first, unsigned long frames) __must_check;

/* Shows the device what was lent, and does not wait. -EIO as above. */
int balloon_list_show(struct balloon_list *list) __must_check;

/* Waits until the device has acknowledged all. -EIO as above. */
int balloon_list_drain(struct balloon_list *list) __must_check;

/* --- balloon_stats.c --- */

/* Gives the device its buffer of statistics, filled; and again whenever it came back. */
int balloon_stats_open(struct virtio_device *dev, unsigned int index) __must_check;
void balloon_stats_interrupt(void);
void balloon_stats_close(struct virtio_device *dev);

/* --- balloon_report.c --- */

int balloon_report_open(struct virtio_device *dev, unsigned int index) __must_check;
void balloon_report_close(struct virtio_device *dev);

/*
 * The host may take back what is behind these whole blocks, in which nobody reads or writes
 * meanwhile; when this returns it has. Contents are undefined then. -ENODEV: the device takes no
 * reports; -EIO: it lies or does not answer, and was left alone; -EBUSY: the same, and its reset
 * did not end, so that these blocks stay lent to it.
 */
int balloon_report_blocks(const pfn_t *block, unsigned int nr) __must_check;

#endif
