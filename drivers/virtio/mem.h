/* SPDX-License-Identifier: MIT */
/* What the parts of the virtio-mem driver share (VIRTIO 1.2 §5.15). One device. */
#ifndef DRIVERS_VIRTIO_MEM_H
#define DRIVERS_VIRTIO_MEM_H

#include <lib/addr.h>

#include "virtio.h"

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

/*
 * Plugs or unplugs these bytes, whole blocks of the device's that are neighbours. -EAGAIN: the
 * device does not want that, or is busy, and did nothing; -EIO: it lies or does not answer, and was
 * left alone; whether it did it nobody knows; -ENODEV: left alone, it never saw the request.
 */
int mem_request(struct mem_queue *queue, enum mem_request what, uint64_t addr,
		uint64_t bytes) __must_check;

/* What became of a list of blocks. */
struct mem_changed {
	unsigned int done;  /* the first so many; */
	unsigned int doubt; /* after these, so many were asked about, and maybe done */
};

/*
 * Plugs or unplugs these 2 MiB blocks, whole units, as far as the host goes along. Less is not an
 * error; others are mem_request's.
 */
int mem_change(struct mem_queue *queue, enum mem_request what, const pfn_t *extent, unsigned int nr,
	       struct mem_changed *changed) __must_check;

#endif
