/* SPDX-License-Identifier: MIT */
/* A domU's console: the ring that the domain builder made, one page (Xen public/io/console.h). */
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <xen/event_channel.h>
#include <xen/io/console.h>

#include "arch/common/console/device.h"

static struct xencons_interface *ring;
static unsigned int ring_port;

void console_ring_init(struct xencons_interface *page, unsigned int port)
{
	ring = page;
	ring_port = port;
}

bool console_ring_is_there(void)
{
	return ring;
}

unsigned int console_ring_port(void)
{
	return ring_port;
}

static void notify(void)
{
	struct evtchn_send op = {.port = ring_port};

	xen_event_channel_op(EVTCHNOP_send, &op);
}

/* Bytes free in the ring towards the host. Indexes are the other side's to write: not trusted. */
static XENCONS_RING_IDX room(void)
{
	XENCONS_RING_IDX used = ring->out_prod - __atomic_load_n(&ring->out_cons, __ATOMIC_ACQUIRE);

	return used > sizeof(ring->out) ? 0 : (XENCONS_RING_IDX)sizeof(ring->out) - used;
}

static bool ring_put(char c)
{
	if (!room())
		return false;
	ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
	__atomic_store_n(&ring->out_prod, ring->out_prod + 1, __ATOMIC_RELEASE);
	return true;
}

size_t console_ring_write(const char *text, size_t n)
{
	size_t took = console_put_lines(text, n, ring_put);

	if (took)
		notify();
	return took;
}

int console_ring_read(char *text, size_t max)
{
	XENCONS_RING_IDX cons = ring->in_cons;
	XENCONS_RING_IDX ready = __atomic_load_n(&ring->in_prod, __ATOMIC_ACQUIRE) - cons;
	size_t n = 0;

	if (ready > sizeof(ring->in))
		ready = 0;
	for (; n < max && n < ready; n++)
		text[n] = ring->in[MASK_XENCONS_IDX(cons++, ring->in)];
	__atomic_store_n(&ring->in_cons, cons, __ATOMIC_RELEASE);
	if (n)
		notify();
	return (int)n;
}
