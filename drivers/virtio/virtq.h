/* SPDX-License-Identifier: MIT */
/*
 * The driver's side of a split virtqueue (VIRTIO 1.2 §2.7). The used ring, which the device writes,
 * is not trusted: a returned chain must be in flight, with no more bytes than it was lent. All
 * state that the driver needs is kept where the device cannot write.
 *
 * Context: one user at a time, or interrupts off; never sleeps, never allocates.
 */
#ifndef DRIVERS_VIRTIO_VIRTQ_H
#define DRIVERS_VIRTIO_VIRTQ_H

#include <lib/types.h>

/* The most entries, a power of two, also of a device that offers more. */
#define VIRTQ_SIZE_MAX 256U

/* Memory lent to the device, by its guest-physical address. */
struct virtq_buffer {
	uint64_t addr;
	uint32_t bytes;
};

struct virtq_done {
	uint64_t token; /* of virtq_add() */
	uint32_t bytes; /* written by the device */
};

struct virtq_desc;
struct virtq_avail;
struct virtq_used;

struct virtq {
	struct virtq_desc *desc;
	struct virtq_avail *avail;
	struct virtq_used *used;
	unsigned int size;
	unsigned int nr_free; /* entries in no chain */
	uint16_t free;	      /* the first of them, if any */
	uint16_t avail_idx;   /* chains added, published or not */
	uint16_t used_idx;    /* chains taken back */
	bool any_length;      /* legacy devices report any number of bytes written (§2.7.8.2) */
	bool broken;	      /* the device violated the protocol: nothing more is taken */
	const char *lie;      /* the invalid value that it returned: "chain id" 99 */
	uint32_t lie_number;
	struct {
		uint64_t token;
		uint32_t room;	 /* bytes that the device may write */
		uint16_t next;	 /* entry of the chain, or of the free ones */
		uint16_t in_use; /* of a chain's first entry: its entries; else 0 */
	} entry[VIRTQ_SIZE_MAX];
};

/* Return the bytes of a queue, its used ring at a multiple of `align` (legacy devices: 4096). */
size_t virtq_bytes(unsigned int size, size_t align);

/*
 * Start with nothing in flight. `memory` is zeroed, page-aligned, of virtq_bytes(), and lent to the
 * queue. `size` is a power of two, at most VIRTQ_SIZE_MAX.
 */
void virtq_init(struct virtq *vq, void *memory, unsigned int size, size_t align);

/*
 * Add a chain of buffers: `nr_out` that the device reads, then `nr_in` that it writes, at least one
 * in all. virtq_publish() shows it to the device. Return: -ENOSPC without room for so many; -EIO if
 * the queue is broken.
 */
int virtq_add(struct virtq *vq, const struct virtq_buffer *buffer, unsigned int nr_out,
	      unsigned int nr_in, uint64_t token) __must_check;

/* Show the device the added chains. Return: true if it is to be notified. */
bool virtq_publish(struct virtq *vq);

/*
 * Take one used chain back.
 * Return: -EAGAIN if there is none; -EIO if the device returned an invalid one (for
 * virtio_fail_queue()), and from then on.
 */
int virtq_take(struct virtq *vq, struct virtq_done *done) __must_check;

/* Return the start of a ring, in bytes from the start of the queue's memory. */
uint64_t virtq_avail_offset(const struct virtq *vq);
uint64_t virtq_used_offset(const struct virtq *vq);

/* Count the chains that the device has, or will have after virtq_publish(). */
unsigned int virtq_in_flight(const struct virtq *vq);

#endif
