/* SPDX-License-Identifier: MIT */
/*
 * Messages of xenstore (Xen public/io/xs_wire.h, docs/misc/xenstore.txt), made and taken apart.
 * Knows no connection and no time. What comes in is whatever somebody wrote.
 */
#ifndef DRIVERS_XEN_XENSTORE_WIRE_H
#define DRIVERS_XEN_XENSTORE_WIRE_H

#include "xenstore_ring.h"

/* A message as it is on the wire, with a NUL of our own behind its header.len bytes. */
struct xenstore_message {
	struct xsd_sockmsg header;
	char body[XENSTORE_PAYLOAD_MAX + 1];
};

static_assert(sizeof(struct xsd_sockmsg) == 16, "the header is 16 bytes on the wire");
static_assert(offsetof(struct xenstore_message, body) == 16, "the body follows the header");

/* One that is coming in; zeros: nothing of it yet. */
struct xenstore_input {
	struct xenstore_message message;
	size_t have; /* bytes, of header and body */
};

/* A piece of a body. */
struct xenstore_part {
	const void *data;
	size_t size;
};

/* Makes a request of pieces put together. -E2BIG: longer than the protocol allows. */
int xenstore_build(struct xenstore_message *message, const struct xsd_sockmsg *header,
		   const struct xenstore_part *part, unsigned int nr_parts);

/*
 * Takes what the ring has of a message; *whole: it is all there, to be looked at until the next
 * call. -EIO: absurd index; -E2BIG: a length that cannot be. After an error nobody knows where in
 * the stream the next message begins.
 */
int xenstore_receive(struct xenstore_input *in, struct xenstore_ring *ring, bool *whole);

/* What an answer to a request of this type says: 0, -Exxx of its own, -EIO: it makes no sense. */
int xenstore_reply_error(const struct xenstore_message *message, uint32_t type);

/* The path and the token of a watch's event, in the message itself. -EINVAL: it has no such. */
int xenstore_event_parse(const struct xenstore_message *message, const char **path,
			 const char **token);

/* A decimal number and nothing else. -EINVAL: it is none; -ERANGE: it does not fit. */
int xenstore_number_parse(const char *text, uint64_t *number);

#endif
