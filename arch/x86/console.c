/* SPDX-License-Identifier: MIT */
/*
 * The console that is there from the first line on: Xen's own for the hardware domain, for a domU
 * the ring that the domain builder made, one shared page (Xen public/io/console.h); COM1 where
 * Xen is not under us.
 */
#include <arch/console.h>
#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hvm.h>
#include <asm/hypercall.h>
#include <kernel/errno.h>
#include <xen/event_channel.h>
#include <xen/io/console.h>

/* How long to wait for a slow or dead reader before text is dropped. */
#define ROOM_WAIT_NS (100ULL * 1000 * 1000)

static struct xencons_interface *ring;
static unsigned int ring_port;

void console_ring_init(struct xencons_interface *page, unsigned int port)
{
	ring = page;
	ring_port = port;
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
	XENCONS_RING_IDX used = ring->out_prod - READ_ONCE(ring->out_cons);

	return used > sizeof(ring->out) ? 0 : (XENCONS_RING_IDX)sizeof(ring->out) - used;
}

/* A reader that let one wait run out is not waited for again until it reads. */
static bool wait_for_room(void)
{
	static bool reader_is_dead;
	uint64_t deadline;

	if (!room() && !reader_is_dead) {
		deadline = clock_ns() + ROOM_WAIT_NS;
		notify();
		while (!room() && clock_ns() <= deadline)
			cpu_relax();
	}
	reader_is_dead = !room();
	return !reader_is_dead;
}

/* An interrupt that prints may come between any two, but not inside one. */
static void put(char c)
{
	unsigned long flags;

	if (!wait_for_room())
		return;
	flags = irq_save();
	ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
	barrier(); /* x86 keeps stores in order; the compiler must too */
	WRITE_ONCE(ring->out_prod, ring->out_prod + 1);
	irq_restore(flags);
}

void console_early_write(const char *text, size_t n)
{
	if (!xen_is_present()) {
		serial_write(text, n);
		return;
	}
	if (!ring) {
		xen_console_io(CONSOLEIO_write, (int)n, (char *)text);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\n')
			put('\r');
		put(text[i]);
	}
	notify();
}

static int ring_read(char *text, size_t max)
{
	XENCONS_RING_IDX cons = ring->in_cons;
	XENCONS_RING_IDX ready = READ_ONCE(ring->in_prod) - cons;
	size_t n = 0;

	barrier();
	if (ready > sizeof(ring->in))
		ready = 0;
	for (; n < max && n < ready; n++)
		text[n] = ring->in[MASK_XENCONS_IDX(cons++, ring->in)];
	barrier();
	WRITE_ONCE(ring->in_cons, cons);
	if (n)
		notify();
	return (int)n;
}

int console_early_read(char *text, size_t max)
{
	long n;

	if (!xen_is_present())
		return serial_read(text, max);
	if (ring)
		return ring_read(text, max);
	n = xen_console_io(CONSOLEIO_read, (int)max, text);
	return n < 0 || (size_t)n > max ? -ENODEV : (int)n;
}
