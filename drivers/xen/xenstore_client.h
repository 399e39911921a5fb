/* SPDX-License-Identifier: MIT */
/* The parts of the client: the connection to xenstored, requests, watches. Context: thread. */
#ifndef DRIVERS_XEN_XENSTORE_CLIENT_H
#define DRIVERS_XEN_XENSTORE_CLIENT_H

#include <lib/list.h>

#include "xenstore.h"
#include "xenstore_wire.h"

/* --- xenstore_inbox.c: received messages, and requests that wait --- */

#define XENSTORE_PARTS_MAX 3

struct xenstore_request {
	uint32_t type, transaction;
	struct xenstore_part part[XENSTORE_PARTS_MAX];
	unsigned int nr_parts;
	char *answer; /* for the first `size` bytes of the response; NULL: none */
	size_t size;
	size_t len; /* of the response, also of a longer one */

	/* xenstore_inbox.c's own. */
	struct list node;
	uint32_t id;
	bool done;
	int err;
};

/* Wake all threads that wait for xenstored. Context: any. */
void xenstore_inbox_wake(void);

/* Sleep until woken, or until clock_ns() reaches the deadline (0: none). Context: interrupts off.
 */
void xenstore_inbox_sleep(uint64_t deadline);

/* Begin a new connection, and wake all. */
void xenstore_inbox_open(void);

/* Take an id that no waiting request has. */
uint32_t xenstore_inbox_id(void);

/* Add a request, with its id, to those that wait. It is `done` after its response. */
void xenstore_inbox_add(struct xenstore_request *request);

/* Remove a request that waits. Return: true for the first since a response or the connection. */
bool xenstore_inbox_give_up(struct xenstore_request *request);

/* End all requests with this error. */
void xenstore_inbox_end_all(int err);

/* Handle a message: a response, or the event of a watch. Anything else is logged. */
void xenstore_inbox_take(const struct xenstore_message *message);

/* The list of all watches. */
extern struct xenstore_watch *xenstore_watches;

/* --- xenstore_client.c: the connection --- */

enum xenstore_state {
	XENSTORE_ABSENT,  /* no xenstore */
	XENSTORE_WAITING, /* for the ring, or for xenstored to take it */
	XENSTORE_UP,
	XENSTORE_BROKEN, /* dropped */
};

/* Return the state of the connection. */
enum xenstore_state xenstore_client_state(void);

/* Return the number of the connection, from 1; a new one each time it comes UP. */
unsigned int xenstore_client_connection(void);

/* Find xenstore: ABSENT becomes WAITING. Return: -ENODEV without one. */
int xenstore_client_find(void) __must_check;

/* Test whether the server supports a reconnection. */
bool xenstore_client_can_reconnect(void);

/* Reconnect: BROKEN becomes WAITING. */
void xenstore_client_reconnect(void);

/* Drop the connection: ABSENT; requests end with -EAGAIN. */
void xenstore_client_forget(void);

/*
 * Send and receive as far as possible. If nothing moved, sleep until an event, or until clock_ns()
 * reaches the deadline (0: none). Other threads run in any case.
 */
void xenstore_client_wait(uint64_t deadline);

/* Test whether a message can be posted: the connection is UP and no other one is being sent. */
bool xenstore_client_is_free(void);

/* Post a message, sent as room allows. Return: -E2BIG if longer than the protocol allows. */
int xenstore_client_post(const struct xsd_sockmsg *header, const struct xenstore_part *part,
			 unsigned int nr_parts) __must_check;

/* --- xenstore_request.c --- */

/* Send a request and wait for its response. Return: as in xenstore.h. */
int xenstore_request(struct xenstore_request *request) __must_check;

/* --- xenstore_watch.c --- */

/*
 * Set the watches that are not set in this connection, and call those that fired.
 * Return: clock_ns() of the next call; 0: after an event.
 */
uint64_t xenstore_watch_serve(void);

#endif
