/* SPDX-License-Identifier: MIT */
/* The ring's two streams of bytes: every index of the other side is checked, none is trusted. */
#include "xenstore_ring.h"

#include <kernel/string.h>

void xenstore_ring_init(struct xenstore_ring *ring, struct xenstore_domain_interface *page)
{
	ring->page = page;
	ring->req_prod = READ_ONCE(page->req_prod);
	ring->rsp_cons = READ_ONCE(page->rsp_cons);
	ring->was_full = false;
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

/* Of `n` bytes from `at` on, those before the ring's end. */
static size_t before_end(size_t at, size_t n)
{
	return MIN(n, XENSTORE_RING_SIZE - at);
}

int xenstore_ring_write(struct xenstore_ring *ring, const void *data, size_t n, size_t *done)
{
	XENSTORE_RING_IDX used = req_used(ring);
	size_t at = MASK_XENSTORE_IDX(ring->req_prod), first;

	*done = 0;
	if (used > XENSTORE_RING_SIZE)
		return -EIO;
	n = MIN(n, XENSTORE_RING_SIZE - (size_t)used);
	first = before_end(at, n);
	memcpy(&ring->page->req[at], data, first);
	memcpy(ring->page->req, (const char *)data + first, n - first);
	ring->req_prod += (XENSTORE_RING_IDX)n;
	__atomic_store_n(&ring->page->req_prod, ring->req_prod, __ATOMIC_RELEASE);
	*done = n;
	return 0;
}

int xenstore_ring_read(struct xenstore_ring *ring, void *data, size_t n, size_t *done)
{
	XENSTORE_RING_IDX used = rsp_used(ring);
	size_t at = MASK_XENSTORE_IDX(ring->rsp_cons), first;

	*done = 0;
	if (used > XENSTORE_RING_SIZE)
		return -EIO;
	n = MIN(n, (size_t)used);
	first = before_end(at, n);
	memcpy(data, &ring->page->rsp[at], first);
	memcpy((char *)data + first, ring->page->rsp, n - first);
	ring->rsp_cons += (XENSTORE_RING_IDX)n;
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
