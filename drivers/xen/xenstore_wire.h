/* SPDX-License-Identifier: MIT */
/*
 * Messages of xenstore (Xen public/io/xs_wire.h, docs/misc/xenstore.txt), built and parsed. No
 * connection, no time. Received bytes may be anything.
 */
#ifndef DRIVERS_XEN_XENSTORE_WIRE_H
#define DRIVERS_XEN_XENSTORE_WIRE_H

#include "xenstore_ring.h"

/* A message as on the wire, with an added NUL behind its header.len bytes. */
struct xenstore_message {
	struct xsd_sockmsg header;
	char body[XENSTORE_PAYLOAD_MAX + 1];
};

static_assert(sizeof(struct xsd_sockmsg) == 16, "the header is 16 bytes on the wire");
static_assert(offsetof(struct xenstore_message, body) == 16, "the body follows the header");

/* A message being received; zeros: nothing yet. */
struct xenstore_input {
	struct xenstore_message message;
	size_t have; /* bytes, of header and body */
};

/* A piece of a body. */
struct xenstore_part {
	const void *data;
	size_t size;
};

/* Build a request of pieces. Return: -E2BIG if longer than the protocol allows. */
int xenstore_build(struct xenstore_message *message, const struct xsd_sockmsg *header,
		   const struct xenstore_part *part, unsigned int nr_parts);

/*
 * Receive what the ring has of a message. *whole: it is complete, and valid until the next call.
 * Return: -EIO on an invalid index; -E2BIG on an invalid length. After an error the start of the
 * next message in the stream is unknown.
 */
int xenstore_receive(struct xenstore_input *in, struct xenstore_ring *ring, bool *whole);

/* Read the result of a response to this type. Return: 0; its own error; -EIO if it is invalid. */
int xenstore_reply_error(const struct xenstore_message *message, uint32_t type);

/* Find path and token in a watch's event. Return: -EINVAL without them. */
int xenstore_event_parse(const struct xenstore_message *message, const char **path,
			 const char **token);

/* Parse a decimal number and nothing else. Return: -EINVAL if it is none; -ERANGE if too large. */
int xenstore_number_parse(const char *text, uint64_t *number);

#endif
