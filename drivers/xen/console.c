/* SPDX-License-Identifier: MIT */
/* The PV console of a domU: one shared page with two rings (Xen public/io/console.h). */
#include <arch/cpu.h>
#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/pv.h>
#include <drivers/xen.h>
#include <kernel/errno.h>
#include <xen/io/console.h>

/* How long to wait for a slow or dead reader before text is dropped. */
#define ROOM_WAIT_NS (100ULL * 1000 * 1000)

static struct xencons_interface *ring;
static unsigned int event_port;

static void input_event(void)
{
	/* Who waits for input is woken by every interrupt. */
}

int xen_console_init(void)
{
	pfn_t pfn;

	if (xen_is_hardware_domain())
		return -ENODEV;
	pfn = mfn_to_pfn(MFN(xen_start_info.console.domU.mfn));
	if (pfn_eq(pfn, PFN_NONE))
		return -ENODEV;
	event_port = xen_start_info.console.domU.evtchn;
	ring = pfn_to_virt(pfn);
	return xen_event_bind(event_port, input_event);
}

/* Bytes free in the ring towards the host. Indexes are the other side's to write: not trusted. */
static XENCONS_RING_IDX room(void)
{
	XENCONS_RING_IDX used = ring->out_prod - READ_ONCE(ring->out_cons);

	return used > sizeof(ring->out) ? 0 : (XENCONS_RING_IDX)sizeof(ring->out) - used;
}

static bool wait_for_room(void)
{
	uint64_t deadline = clock_ns() + ROOM_WAIT_NS;

	while (!room()) {
		xen_event_notify(event_port);
		if (clock_ns() > deadline)
			return false;
	}
	return true;
}

static void put(char c)
{
	ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
	barrier(); /* x86 keeps stores in order; the compiler must too */
	WRITE_ONCE(ring->out_prod, ring->out_prod + 1);
}

void xen_console_write(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n' && wait_for_room())
			put('\r');
		if (!wait_for_room())
			return;
		put(text[i]);
	}
	xen_event_notify(event_port);
}

int xen_console_read(char *text, size_t max)
{
	XENCONS_RING_IDX cons = ring->in_cons;
	XENCONS_RING_IDX ready = READ_ONCE(ring->in_prod) - cons;
	size_t n = 0;

	barrier();
	if (ready > sizeof(ring->in))
		ready = 0;
	while (n < max && n < ready) {
		text[n] = ring->in[MASK_XENCONS_IDX(cons, ring->in)];
		cons++;
		n++;
	}
	barrier();
	WRITE_ONCE(ring->in_cons, cons);
	if (n)
		xen_event_notify(event_port);
	return (int)n;
}
