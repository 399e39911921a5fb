/* SPDX-License-Identifier: MIT */
/* The ring's two streams of bytes: every index of the other side is checked, none is trusted. */
#include "xenstore_ring.h"

void xenstore_ring_init(struct xenstore_ring *ring, struct xenstore_domain_interface *page)
{
	ring->page = page;
	ring->req_prod = READ_ONCE(page->req_prod);
	ring->rsp_cons = READ_ONCE(page->rsp_prod);
	ring->was_full = false;
	__atomic_store_n(&page->rsp_cons, ring->rsp_cons, __ATOMIC_RELEASE);
}

/* Bytes that xenstored has not taken yet, or that we have not; more than a ring: absurd. */
static XENSTORE_RING_IDX req_used(const struct xenstore_ring *ring)
{
	return ring->req_prod - __atomic_load_n(&ring->page->req_cons, __ATOMIC_ACQUIRE);
}

static XENSTORE_RING_IDX rsp_used(const struct xenstore_ring *ring)
{
	return __atomic_load_n(&ring->page->rsp_prod, __ATOMIC_ACQUIRE) - ring->rsp_cons;
}

int xenstore_ring_write(struct xenstore_ring *ring, const void *data, size_t n, size_t *done)
{
	XENSTORE_RING_IDX used = req_used(ring);
	const char *from = data;

	*done = 0;
	if (used > XENSTORE_RING_SIZE)
		return -EIO;
	n = MIN(n, XENSTORE_RING_SIZE - (size_t)used);
	for (size_t i = 0; i < n; i++)
		ring->page->req[MASK_XENSTORE_IDX(ring->req_prod++)] = from[i];
	__atomic_store_n(&ring->page->req_prod, ring->req_prod, __ATOMIC_RELEASE);
	*done = n;
	return 0;
}

int xenstore_ring_read(struct xenstore_ring *ring, void *data, size_t n, size_t *done)
{
	XENSTORE_RING_IDX used = rsp_used(ring);
	char *to = data;

	*done = 0;
	if (used > XENSTORE_RING_SIZE)
		return -EIO;
	n = MIN(n, (size_t)used);
	for (size_t i = 0; i < n; i++)
		to[i] = ring->page->rsp[MASK_XENSTORE_IDX(ring->rsp_cons++)];
	__atomic_store_n(&ring->page->rsp_cons, ring->rsp_cons, __ATOMIC_RELEASE);
	/* It may have become full meanwhile, and its writer not have seen that there is room. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (rsp_used(ring) + n >= XENSTORE_RING_SIZE)
		ring->was_full = true;
	*done = n;
	return 0;
}

bool xenstore_ring_readable(const struct xenstore_ring *ring)
{
	return rsp_used(ring) != 0;
}

bool xenstore_ring_writable(const struct xenstore_ring *ring)
{
	return req_used(ring) != XENSTORE_RING_SIZE;
}

bool xenstore_ring_is_taken(const struct xenstore_ring *ring)
{
	return req_used(ring) == 0;
}
