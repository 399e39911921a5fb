/* SPDX-License-Identifier: MIT */
/*
 * The page shared with xenstored, as two streams of bytes (Xen public/io/xs_wire.h). The other
 * side can write anywhere in it at any time: its indexes are checked at every look, and ours are
 * kept here and never read back.
 */
#ifndef DRIVERS_XEN_XENSTORE_RING_H
#define DRIVERS_XEN_XENSTORE_RING_H

#include <lib/errno.h>
#include <lib/types.h>
#include <xen/io/xs_wire.h>

struct xenstore_ring {
	struct xenstore_domain_interface *page;
	XENSTORE_RING_IDX req_prod, rsp_cons;
	bool was_full; /* of answers, before a read: who writes there waits for a word */
};

/*
 * Requests go on where the page says that its last user on our side stopped. Answers that are there
 * already are to somebody else, and passed over: nothing was asked yet. A restored PV guest may
 * find such (the toolstack clears the page of an HVM guest alone), and a part of one.
 */
void xenstore_ring_init(struct xenstore_ring *ring, struct xenstore_domain_interface *page);

/* Writes as much of `n` bytes as there is room for; *done says how much. -EIO: absurd index. */
int xenstore_ring_write(struct xenstore_ring *ring, const void *data, size_t n, size_t *done);

/* Reads at most `n` bytes that are there; *done says how many. -EIO: absurd index. */
int xenstore_ring_read(struct xenstore_ring *ring, void *data, size_t n, size_t *done);

/* Would a read, or a write, move something, or find an absurd index? */
bool xenstore_ring_readable(const struct xenstore_ring *ring);
bool xenstore_ring_writable(const struct xenstore_ring *ring);

/* Has xenstored taken all that was written? */
bool xenstore_ring_is_taken(const struct xenstore_ring *ring);

#endif
