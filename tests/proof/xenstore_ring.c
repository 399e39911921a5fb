/* SPDX-License-Identifier: MIT */
/* drivers/xen/xenstore_ring.c: two streams of bytes, whatever the other side writes in the page. */
#include "drivers/xen/xenstore_ring.c"
#include "model.h"

#ifndef BYTES
#define BYTES 4UL /* a caller has, or wants */
#endif

struct bytes {
	char at[BYTES];
};

static struct xenstore_domain_interface page;

/* Contents that may be anything: an object that nobody initialised. */
static struct xenstore_domain_interface any_page(void)
{
	struct xenstore_domain_interface any;

	return any;
}

static struct bytes any_bytes(void)
{
	struct bytes any;

	return any;
}

/* Any page, and indexes of our own that need not be what the page says. */
static struct xenstore_ring any_ring(void)
{
	struct xenstore_ring ring = {
		.page = &page,
		.req_prod = nondet_u32(),
		.rsp_cons = nondet_u32(),
	};

	page = any_page();
	return ring;
}

void proof_write(void)
{
	struct xenstore_ring ring = any_ring();
	struct bytes data = any_bytes();
	size_t n = any_below(BYTES + 1), done, i = any_below(BYTES);
	size_t at = any_below(XENSTORE_RING_SIZE);
	uint32_t prod = ring.req_prod, used = prod - page.req_cons, rsp_cons = page.rsp_cons;
	char was = page.req[at];
	int err = xenstore_ring_write(&ring, data.at, n, &done);

	prove(err == (used > XENSTORE_RING_SIZE ? -EIO : 0), "an absurd index is an error");
	prove(err || done == MIN(n, XENSTORE_RING_SIZE - used), "as much as there is room for");
	prove(!err || done == 0, "an error moves nothing");
	prove(ring.req_prod == prod + (uint32_t)done, "our index goes on by that");
	prove(err || page.req_prod == ring.req_prod, "and the page says so");
	prove(i >= done || page.req[MASK_XENSTORE_IDX(prod + i)] == data.at[i],
	      "bytes lie where they belong");
	prove(MASK_XENSTORE_IDX(at - prod) < done || page.req[at] == was, "no other is touched");
	prove(page.rsp_cons == rsp_cons && page.req_cons == prod - used, "nor another index");
}

void proof_read(void)
{
	struct xenstore_ring ring = any_ring();
	struct bytes data = any_bytes(), before = data;
	size_t n = any_below(BYTES + 1), done, i = any_below(BYTES);
	uint32_t cons = ring.rsp_cons, used = page.rsp_prod - cons, req_prod = page.req_prod;
	char byte = page.rsp[MASK_XENSTORE_IDX(cons + i)];
	int err = xenstore_ring_read(&ring, data.at, n, &done);

	prove(err == (used > XENSTORE_RING_SIZE ? -EIO : 0), "an absurd index is an error");
	prove(err || done == MIN(n, used), "as much as there is, and is wanted");
	prove(!err || done == 0, "an error moves nothing");
	prove(ring.rsp_cons == cons + (uint32_t)done, "our index goes on by that");
	prove(err || page.rsp_cons == ring.rsp_cons, "and the page says so");
	prove(i >= done || data.at[i] == byte, "bytes are those of the ring, in order");
	prove(i < done || data.at[i] == before.at[i], "nothing beyond is written");
	prove(err || used != XENSTORE_RING_SIZE || ring.was_full, "that it was full is seen");
	prove(page.req_prod == req_prod && page.rsp_prod == cons + used, "theirs is left alone");
}

void proof_look(void)
{
	struct xenstore_ring ring = any_ring();
	struct bytes data = any_bytes();
	bool readable = xenstore_ring_readable(&ring), writable = xenstore_ring_writable(&ring);
	size_t done;
	int err = xenstore_ring_read(&ring, data.at, 1, &done);

	prove(readable == (err || done), "readable is what a read answers to");
	err = xenstore_ring_write(&ring, data.at, 1, &done);
	prove(writable == (err || done), "writable is what a write answers to");
}
