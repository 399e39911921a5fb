/* SPDX-License-Identifier: MIT */
/*
 * The connection to xenstored. There is no reader of its own: who waits for an answer takes in
 * what the ring has, for himself and for others. A request that went unanswered leaves the stream
 * in order, however long xenstored is silent; only what cannot be believed ends a connection.
 */
#include <arch/cpu.h>
#include <asm/domain.h>
#include <asm/hypercall.h>
#include <lib/printk.h>
#include <lib/wait_limit.h>
#include <sched/thread.h>
#include <xen/event_channel.h>

#include "xen.h"
#include "xenstore_client.h"

#define MESSAGES_A_TIME 64 /* taken in before others run: a flood does not stop the guest */
#define SETTLE_NS	10000000000ULL /* before a suspend, at most */
#define SETTLE_LOOK_NS	10000000ULL    /* xenstored need not say what it took */

static struct {
	enum xenstore_state state;
	unsigned int connection;
	struct xenstore_ring ring;
	struct xenstore_domain_interface *page; /* NULL: not there yet */
	unsigned int port;
	struct xenstore_input in;
	struct xenstore_message out;
	size_t out_sent, out_size; /* bytes of `out` that went, and that it has */
} client;

static void notify(void)
{
	struct evtchn_send op = {.port = client.port};

	xen_event_channel_op(EVTCHNOP_send, &op);
}

enum xenstore_state xenstore_client_state(void)
{
	return client.state;
}

unsigned int xenstore_client_connection(void)
{
	return client.connection;
}

static void give_up(const char *why)
{
	printk("xenstore: %s: connection dropped\n", why);
	client.state = XENSTORE_BROKEN;
	xenstore_inbox_end_all(-EIO);
}

/* ---- finding it, and coming back ---- */

static int bind(unsigned int port)
{
	int err = xen_event_bind(port, xenstore_inbox_wake);

	if (err == -EBUSY && port == client.port)
		err = 0; /* bound at the last look */
	client.port = port;
	return err;
}

int xenstore_client_find(void)
{
	struct xenstore_domain_interface *page = NULL;
	unsigned int port = 0;
	int err = xen_store_find(&page, &port);

	if (err && err != -EAGAIN)
		return err;
	client.page = err ? NULL : page;
	err = bind(port);
	if (!err)
		client.state = XENSTORE_WAITING;
	return err;
}

static void try_to_connect(void)
{
	if (!client.page && xenstore_client_find())
		return;
	if (!client.page || READ_ONCE(client.page->connection) != XENSTORE_CONNECTED)
		return;
	client.in.have = 0;
	client.out_size = client.out_sent = 0;
	xenstore_ring_init(&client.ring, client.page);
	client.state = XENSTORE_UP;
	client.connection++;
	xenstore_inbox_open();
}

bool xenstore_client_can_reconnect(void)
{
	return READ_ONCE(client.page->server_features) & XENSTORE_SERVER_FEATURE_RECONNECTION;
}

/* From here on the page is xenstored's alone, until it says that we are connected. */
void xenstore_client_reconnect(void)
{
	WRITE_ONCE(client.page->connection, XENSTORE_RECONNECT);
	client.state = XENSTORE_WAITING;
	notify();
}

void xenstore_client_forget(void)
{
	client.state = XENSTORE_ABSENT;
	client.page = NULL;
	xenstore_inbox_end_all(-EAGAIN);
}

/* ---- what comes in, what goes out ---- */

static bool receive(void)
{
	bool whole;
	int err = xenstore_receive(&client.in, &client.ring, &whole);

	if (err)
		give_up(err == -E2BIG ? "invalid message length"
				      : "invalid response index in the ring");
	else if (whole)
		xenstore_inbox_take(&client.in.message);
	return !err && whole;
}

/* Xenstored that found the ring full waits to hear that it is not. */
static bool take_in(void)
{
	bool moved = false;

	for (int i = 0; i < MESSAGES_A_TIME && xenstore_ring_readable(&client.ring); i++) {
		moved = true;
		if (!receive())
			break;
	}
	if (client.ring.was_full)
		notify();
	client.ring.was_full = false;
	return moved;
}

static bool is_sending(void)
{
	return client.out_sent < client.out_size;
}

static bool send(void)
{
	size_t done;

	if (!is_sending())
		return false;
	if (xenstore_ring_write(&client.ring, (const char *)&client.out + client.out_sent,
				client.out_size - client.out_sent, &done)) {
		give_up("invalid request index in the ring");
		return false;
	}
	client.out_sent += done;
	if (done)
		notify();
	if (!is_sending())
		xenstore_inbox_wake(); /* it is the next one's turn */
	return done > 0;
}

bool xenstore_client_is_free(void)
{
	return client.state == XENSTORE_UP && !is_sending();
}

int xenstore_client_post(const struct xsd_sockmsg *header, const struct xenstore_part *part,
			 unsigned int nr_parts)
{
	int err = xenstore_build(&client.out, header, part, nr_parts);

	if (err)
		return err;
	client.out_sent = 0;
	client.out_size = sizeof(*header) + client.out.header.len;
	return 0;
}

/* Xenstored that cannot believe what we wrote says so, and answers nothing any more. */
static bool is_closed(void)
{
	return READ_ONCE(client.page->server_features) & XENSTORE_SERVER_FEATURE_ERROR &&
	       READ_ONCE(client.page->error) != XENSTORE_ERROR_NONE;
}

static bool move(void)
{
	bool moved = false;

	if (client.state == XENSTORE_WAITING)
		try_to_connect();
	if (client.state == XENSTORE_UP && is_closed())
		give_up("closed by xenstored");
	if (client.state == XENSTORE_UP)
		moved = send();
	if (client.state == XENSTORE_UP)
		moved = take_in() || moved;
	return moved;
}

static bool can_move(void)
{
	if (client.state == XENSTORE_WAITING)
		return client.page && READ_ONCE(client.page->connection) == XENSTORE_CONNECTED;
	return client.state == XENSTORE_UP &&
	       (is_closed() || xenstore_ring_readable(&client.ring) ||
		(is_sending() && xenstore_ring_writable(&client.ring)));
}

void xenstore_client_wait(uint64_t deadline)
{
	enum xenstore_state before = client.state;
	unsigned long flags;

	if (move() || client.state != before) {
		thread_yield();
		return;
	}
	flags = irq_save();
	if (!can_move())
		xenstore_inbox_sleep(deadline);
	irq_restore(flags);
}

int xenstore_settle(void)
{
	struct wait_limit limit = wait_limit(SETTLE_NS, clock_ns());
	bool late = false;

	while (client.state == XENSTORE_UP &&
	       (is_sending() || !xenstore_ring_is_taken(&client.ring))) {
		if (late)
			return -ETIMEDOUT;
		xenstore_client_wait(clock_ns() + SETTLE_LOOK_NS);
		late = wait_limit_passed(&limit, clock_ns());
	}
	return 0;
}
