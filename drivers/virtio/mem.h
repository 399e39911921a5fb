/* SPDX-License-Identifier: MIT */
/* What the parts of the virtio-mem driver share (VIRTIO 1.2 §5.15). One device. */
#ifndef DRIVERS_VIRTIO_MEM_H
#define DRIVERS_VIRTIO_MEM_H

#include <drivers/virtio.h>
#include <kernel/addr.h>

/* --- mem.c --- */

/*
 * Takes the device over and registers its backend. -EBUSY: there is one; -EINVAL: it describes
 * itself as it cannot be; -EIO, ...
 */
int virtio_mem_attach(struct virtio_device *dev) __must_check;

/* Interrupts off. */
void virtio_mem_interrupt(unsigned int why);

/* --- mem_request.c: one request at a time, its answer waited for --- */

enum mem_request { MEM_PLUG, MEM_UNPLUG, MEM_UNPLUG_ALL };

struct mem_queue {
	struct virtio_device *dev;
	struct virtq vq;
	struct mem_message *message; /* a page that is lent to the device */
	uint64_t block_bytes;	     /* what requests count in */
};

/* `dev` and `block_bytes` are set. As virtio_queue_open(). */
int mem_queue_open(struct mem_queue *queue) __must_check;

/* Of a device that is left alone. */
void mem_queue_close(struct mem_queue *queue);

/* The most bytes that one request can be about, a multiple of 2 MiB or of the block size. */
uint64_t mem_request_max(const struct mem_queue *queue);

/*
 * Plugs or unplugs these bytes, whole blocks that are neighbours. -EAGAIN: the device does not want
 * that, or is busy, and did nothing; -EIO: it lies or does not answer, and was left alone.
 */
int mem_request(struct mem_queue *queue, enum mem_request what, uint64_t addr,
		uint64_t bytes) __must_check;

#endif
