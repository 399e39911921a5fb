/* SPDX-License-Identifier: MIT */
/* The parts of the client: a connection to xenstored, requests over it, watches. Threads only. */
#ifndef DRIVERS_XEN_XENSTORE_CLIENT_H
#define DRIVERS_XEN_XENSTORE_CLIENT_H

#include <lib/list.h>

#include "xenstore.h"
#include "xenstore_wire.h"

/* --- xenstore_inbox.c: what comes in, and what waits for it --- */

#define XENSTORE_PARTS_MAX 3

struct xenstore_request {
	uint32_t type, transaction;
	struct xenstore_part part[XENSTORE_PARTS_MAX];
	unsigned int nr_parts;
	char *answer; /* the first `size` bytes of what is answered, if that is wanted */
	size_t size;
	size_t len; /* of the answer, also of one that is longer */

	/* xenstore_inbox.c's own. */
	struct list node;
	uint32_t id;
	bool done;
	int err;
};

/* Wake all that wait for something from xenstored. Context: any. */
void xenstore_inbox_wake(void);

/* Sleep until woken, or until clock_ns() reaches the deadline (0: none). Context: interrupts off.
 */
void xenstore_inbox_sleep(uint64_t deadline);

/* Begin a new connection, and wake all. */
void xenstore_inbox_open(void);

/* Take an id that no waiting request has. */
uint32_t xenstore_inbox_id(void);

/* Have a request, which has its id, wait for the answer. It is `done` when that came. */
void xenstore_inbox_add(struct xenstore_request *request);

/* Stop waiting. Return: is it the first given up since an answer came, or the connection? */
bool xenstore_inbox_give_up(struct xenstore_request *request);

/* End all requests with this error. */
void xenstore_inbox_end_all(int err);

/* Take in a message: an answer, or the event of a watch. What is neither is logged once. */
void xenstore_inbox_take(const struct xenstore_message *message);

/* All watches there are. */
extern struct xenstore_watch *xenstore_watches;

/* --- xenstore_client.c: the connection --- */

enum xenstore_state {
	XENSTORE_ABSENT,  /* there is none */
	XENSTORE_WAITING, /* for the ring, or for xenstored to take it */
	XENSTORE_UP,
	XENSTORE_BROKEN, /* what came made no sense */
};

enum xenstore_state xenstore_client_state(void);

/* Which connection it is, from 1; another number whenever it came UP again. */
unsigned int xenstore_client_connection(void);

/* ABSENT becomes WAITING. -ENODEV: there is none. */
int xenstore_client_find(void) __must_check;

/* BROKEN becomes WAITING, if the server knows how to. */
bool xenstore_client_can_reconnect(void);
void xenstore_client_reconnect(void);

/* ABSENT again; requests end with -EAGAIN. */
void xenstore_client_forget(void);

/*
 * Sends and takes in what can be, and sleeps if that was nothing, until something happens or
 * clock_ns() reaches the deadline (0: none). Lets others run in any case.
 */
void xenstore_client_wait(uint64_t deadline);

/* Can a message be posted? Else it is another's turn, or the connection is not UP. */
bool xenstore_client_is_free(void);

/* Has a message sent as there is room for it. -E2BIG: longer than the protocol allows. */
int xenstore_client_post(const struct xsd_sockmsg *header, const struct xenstore_part *part,
			 unsigned int nr_parts) __must_check;

/* --- xenstore_request.c --- */

/* Sends and waits for the answer; errors as in drivers/xenstore.h. */
int xenstore_request(struct xenstore_request *request) __must_check;

/* --- xenstore_watch.c --- */

/*
 * Sets what is not set in this connection and calls what fired. When to do it again: clock_ns(), 0:
 * when something happens.
 */
uint64_t xenstore_watch_serve(void);

#endif
