/* SPDX-License-Identifier: MIT */
/* The parts of the virtio-mem driver (VIRTIO 1.2 §5.15). */
#ifndef DRIVERS_VIRTIO_MEM_H
#define DRIVERS_VIRTIO_MEM_H

#include <lib/addr.h>

#include "virtio.h"

/* --- mem.c --- */

/*
 * Start the device and register its backend.
 * Return: -EBUSY if there are OWNERS_MAX - 1 already; -EINVAL if its configuration is invalid; -EIO
 * and the like if it failed. Context: thread.
 */
int virtio_mem_attach(struct virtio_device *dev) __must_check;

/* Handle an interrupt: `why` is of virtio_interrupts(). Context: interrupts off. */
void virtio_mem_interrupt(struct virtio_device *dev, unsigned int why);

/* --- mem_request.c: one request at a time, and its response --- */

enum mem_request { MEM_PLUG, MEM_UNPLUG, MEM_UNPLUG_ALL };

struct mem_queue {
	struct virtio_device *dev;
	struct virtq vq;
	struct mem_message *message; /* a page, lent to the device */
	uint64_t block_bytes;	     /* the unit of requests */
};

/* Open the queue; `dev` and `block_bytes` are set. Return: as virtio_queue_open(). */
int mem_queue_open(struct mem_queue *queue) __must_check;

/* Close the queue of a failed device. */
void mem_queue_close(struct mem_queue *queue);

/*
 * Plug or unplug contiguous blocks of the device.
 * Return: -EAGAIN if the device refused or is busy, and did nothing; -EIO if it violates the
 * protocol or does not respond, and is disabled, the result unknown; -ENODEV if it was disabled
 * before.
 */
int mem_request(struct mem_queue *queue, enum mem_request what, uint64_t addr,
		uint64_t bytes) __must_check;

/* The result of a list of blocks. */
struct mem_changed {
	unsigned int done;  /* so many succeeded; */
	unsigned int doubt; /* of so many after them the result is unknown */
};

/*
 * Plug or unplug 2 MiB blocks, whole granules, as far as the host accepts. Fewer is no error.
 * Return: an error of mem_request().
 */
int mem_change(struct mem_queue *queue, enum mem_request what, const pfn_t *extent, unsigned int nr,
	       struct mem_changed *changed) __must_check;

#endif
