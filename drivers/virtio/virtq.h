/* SPDX-License-Identifier: MIT */
/*
 * A split virtqueue (VIRTIO 1.2 §2.7), the driver's side. What the device writes, the used ring, is
 * not trusted: what it returns must be in flight, and of no more bytes than it was lent. Everything
 * that is needed to undo or to go on is kept out of what the device can see.
 *
 * No locks: one user at a time, or interrupts off. Never sleeps, allocates nothing.
 */
#ifndef DRIVERS_VIRTIO_VIRTQ_H
#define DRIVERS_VIRTIO_VIRTQ_H

#include <lib/types.h>

/* Entries; a power of two. A device that offers more is asked for as many. */
#define VIRTQ_SIZE_MAX 256U

/* Memory lent to the device; a guest-physical address, since that is what it knows. */
struct virtq_buffer {
	uint64_t addr;
	uint32_t bytes;
};

struct virtq_done {
	uint64_t token; /* what virtq_add() was given */
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
	unsigned int nr_free; /* entries that no chain uses */
	uint16_t free;	      /* the first of them, if there is one */
	uint16_t avail_idx;   /* chains added, published or not */
	uint16_t used_idx;    /* chains taken back */
	bool any_length;      /* legacy devices report any number of bytes written (§2.7.8.2) */
	bool broken;	      /* the device lied: nothing is taken from it any more */
	const char *lie;      /* what it returned that cannot be: "chain" 99 */
	uint32_t lie_number;
	struct {
		uint64_t token;
		uint32_t room;	 /* bytes that the device may write */
		uint16_t next;	 /* entry of the chain, or of the free ones */
		uint16_t in_use; /* of a chain's first entry: its entries; else 0 */
	} entry[VIRTQ_SIZE_MAX];
};

/* Bytes that a queue takes, the used ring at a multiple of `align` (legacy devices: 4096). */
size_t virtq_bytes(unsigned int size, size_t align);

/*
 * Begins anew, nothing in flight. `memory` is zeroed, page-aligned, of virtq_bytes(), and lent to
 * the queue; `size` is a power of two, at most VIRTQ_SIZE_MAX.
 */
void virtq_init(struct virtq *vq, void *memory, unsigned int size, size_t align);

/*
 * Lends buffers to the device: `nr_out` that it reads, then `nr_in` that it writes; at least one in
 * all. Seen by it after virtq_publish(). -ENOSPC: no room for so many; -EIO: broken.
 */
int virtq_add(struct virtq *vq, const struct virtq_buffer *buffer, unsigned int nr_out,
	      unsigned int nr_in, uint64_t token) __must_check;

/* Shows the device what was added. True: it wants to be notified. */
bool virtq_publish(struct virtq *vq);

/*
 * Takes back one chain that the device is done with. -EAGAIN: there is none; -EIO: what it says
 * cannot be (virtio_fail_queue() says so), and nothing is taken from it any more.
 */
int virtq_take(struct virtq *vq, struct virtq_done *done) __must_check;

/* Where the rings begin, in bytes from the queue's memory on. */
uint64_t virtq_avail_offset(const struct virtq *vq);
uint64_t virtq_used_offset(const struct virtq *vq);

/* Chains that the device has, or will have after virtq_publish(). */
unsigned int virtq_in_flight(const struct virtq *vq);

#endif
