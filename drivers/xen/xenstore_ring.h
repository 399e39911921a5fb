/* SPDX-License-Identifier: MIT */
/*
 * The page shared with xenstored, as two streams of bytes (Xen public/io/xs_wire.h). The other side
 * can write anywhere in it at any time. Its indexes are checked at every use; our own are kept here
 * and never read back.
 */
#ifndef DRIVERS_XEN_XENSTORE_RING_H
#define DRIVERS_XEN_XENSTORE_RING_H

#include <lib/errno.h>
#include <lib/types.h>
#include <xen/io/xs_wire.h>

struct xenstore_ring {
	struct xenstore_domain_interface *page;
	XENSTORE_RING_IDX req_prod, rsp_cons;
	bool was_full; /* of responses, before a read: the writer waits for an event */
};

/*
 * Start on a page. Requests go on at the index of the last user on our side. Responses in the page
 * are old and skipped: nothing was requested yet. A restored PV guest may find such, and a part of
 * one (the toolstack clears the page of HVM guests only).
 */
void xenstore_ring_init(struct xenstore_ring *ring, struct xenstore_domain_interface *page);

/* Write up to `n` bytes, as room allows. *done: how many. Return: -EIO on an invalid index. */
int xenstore_ring_write(struct xenstore_ring *ring, const void *data, size_t n, size_t *done);

/* Read at most `n` bytes. *done: how many. Return: -EIO on an invalid index. */
int xenstore_ring_read(struct xenstore_ring *ring, void *data, size_t n, size_t *done);

/* Test whether a read, or a write, would move a byte or find an invalid index. */
bool xenstore_ring_readable(const struct xenstore_ring *ring);
bool xenstore_ring_writable(const struct xenstore_ring *ring);

/* Test whether xenstored has taken everything that was written. */
bool xenstore_ring_is_taken(const struct xenstore_ring *ring);

#endif
