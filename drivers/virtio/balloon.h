/* SPDX-License-Identifier: MIT */
/* The parts of the virtio balloon (VIRTIO 1.2 §5.5). */
#ifndef DRIVERS_VIRTIO_BALLOON_H
#define DRIVERS_VIRTIO_BALLOON_H

#include <balloon/backend.h>
#include <lib/addr.h>

#include "virtio.h"

/* --- balloon.c --- */

/*
 * Start the device and register the balloon's backend.
 * Return: -EBUSY if there is one already; -EIO and the like if it failed.
 * Context: thread.
 */
int virtio_balloon_attach(struct virtio_device *dev) __must_check;

/* Handle an interrupt: `why` is of virtio_interrupts(). Context: interrupts off. */
void virtio_balloon_interrupt(struct virtio_device *dev, unsigned int why);

/* --- balloon_list.c: lists of frames, lent to the device through a queue --- */

struct balloon_list {
	struct virtio_device *dev;
	unsigned int index; /* of the queue */
	struct virtq vq;
	uint32_t *pfn;	     /* LIST_ELEMENTS elements of LIST_PFNS numbers */
	uint64_t in_use;     /* elements that the device has */
	unsigned long sent;  /* frames lent to the device so far, */
	unsigned long acked; /* and those that it acknowledged */
};

/* Open the list's queue. Return: as virtio_queue_open(). */
int balloon_list_open(struct balloon_list *list, struct virtio_device *dev, unsigned int index);

/* Close the list of a failed device, however far it was opened. */
void balloon_list_close(struct balloon_list *list, struct virtio_device *dev);

/*
 * Lend the numbers of `frames` frames to the device. It waits only for room in the queue.
 * Return: -EIO if the device violates the protocol or does not respond; it is disabled then.
 */
int balloon_list_send(struct balloon_list *list, pfn_t first, unsigned long frames) __must_check;

/* Show the device what was lent, without waiting. Return: -EIO as balloon_list_send(). */
int balloon_list_show(struct balloon_list *list) __must_check;

/* Wait until the device has acknowledged all. Return: -EIO as balloon_list_send(). */
int balloon_list_drain(struct balloon_list *list) __must_check;

/* --- balloon_stats.c --- */

/* Open the queue of statistics. Return: as virtio_queue_open(). */
int balloon_stats_open(struct virtio_device *dev, unsigned int index) __must_check;

/* Fill the buffer of statistics and lend it to the device, if the device has returned it. */
void balloon_stats_interrupt(void);

/* Close the queue of a failed device. */
void balloon_stats_close(struct virtio_device *dev);

/* --- balloon_report.c --- */

/* Open the queue of reports. Return: as virtio_queue_open(). */
int balloon_report_open(struct virtio_device *dev, unsigned int index) __must_check;

/* Close the queue of a failed device. */
void balloon_report_close(struct virtio_device *dev);

/*
 * Report whole free blocks, which the host discards until this returns. There is no access to them
 * meanwhile, and their contents are undefined afterwards.
 * Return: -ENODEV if the device takes no reports; -EIO if it violates the protocol or does not
 * respond, and is disabled; -EBUSY if its reset did not end either, so these blocks stay lent to
 * it.
 */
int balloon_report_blocks(const struct balloon_backend *self, const pfn_t *block,
			  unsigned int nr) __must_check;

#endif
