/* SPDX-License-Identifier: MIT */
/* Xenstore's messages, made and taken apart. */
#include <lib/string.h>

#include "xenstore_wire.h"

int xenstore_build(struct xenstore_message *message, const struct xsd_sockmsg *header,
		   const struct xenstore_part *part, unsigned int nr_parts)
{
	size_t len = 0;

	for (unsigned int i = 0; i < nr_parts; i++) {
		if (part[i].size > XENSTORE_PAYLOAD_MAX - len)
			return -E2BIG;
		memcpy(&message->body[len], part[i].data, part[i].size);
		len += part[i].size;
	}
	message->header = *header;
	message->header.len = (uint32_t)len;
	return 0;
}

/* Reads until `end` bytes of the message are there, or no more come. */
static int receive_until(struct xenstore_input *in, struct xenstore_ring *ring, size_t end)
{
	size_t done;
	int err = xenstore_ring_read(ring, (char *)&in->message + in->have, end - in->have, &done);

	in->have += done;
	return err;
}

int xenstore_receive(struct xenstore_input *in, struct xenstore_ring *ring, bool *whole)
{
	const size_t header = sizeof(in->message.header);
	int err = 0;

	*whole = false;
	if (in->have >= header && in->have == header + in->message.header.len)
		in->have = 0;
	if (in->have < header)
		err = receive_until(in, ring, header);
	if (err || in->have < header)
		return err;
	if (in->message.header.len > XENSTORE_PAYLOAD_MAX)
		return -E2BIG;
	err = receive_until(in, ring, header + in->message.header.len);
	if (err || in->have < header + in->message.header.len)
		return err;
	in->message.body[in->message.header.len] = '\0';
	*whole = true;
	return 0;
}

/* The store names its errors by text. */
static int named_error(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(xsd_errors); i++) {
		if (!strcmp(name, xsd_errors[i].errstring))
			return -xsd_errors[i].errnum;
	}
	return -EIO;
}

int xenstore_reply_error(const struct xenstore_message *message, uint32_t type)
{
	if (message->header.type == XS_ERROR)
		return named_error(message->body);
	return message->header.type == type ? 0 : -EIO;
}

int xenstore_event_parse(const struct xenstore_message *message, const char **path,
			 const char **token)
{
	const char *end = message->body + message->header.len;
	const char *path_end = memchr(message->body, '\0', message->header.len);

	if (!path_end || !memchr(path_end + 1, '\0', (size_t)(end - (path_end + 1))))
		return -EINVAL;
	*path = message->body;
	*token = path_end + 1;
	return 0;
}

int xenstore_number_parse(const char *text, uint64_t *number)
{
	uint64_t n = 0;

	if (!*text)
		return -EINVAL;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return -EINVAL;
	}
	for (; *text; text++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return -ERANGE;
	}
	*number = n;
	return 0;
}
