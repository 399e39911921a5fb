/* SPDX-License-Identifier: MIT */
/* drivers/xen/xenstore_wire.c: whatever bytes come, no more is believed than was said. */
#include "drivers/xen/xenstore_wire.c"
#include "model.h"

#ifndef BODY
#define BODY 6UL /* bytes of a body that is looked at */
#endif
int8_t nondet_s8(void);

#ifndef DIGITS
#define DIGITS 5UL
#endif

/* Where, and not what, is of interest here. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	prove(!n || (__CPROVER_w_ok(dst, n) && __CPROVER_r_ok(src, n)), "what is copied is there");
	return dst;
}

void *memchr(const void *s, int byte, size_t n)
{
	for (const char *c = s; n; c++, n--)
		if (*c == (char)byte)
			return (void *)c;
	return NULL;
}

static struct xenstore_input in;

/* What xenstore_ring-read proves of it, for bytes that may be anything: so the header may become.
 */
int xenstore_ring_read(struct xenstore_ring *ring, void *data, size_t n, size_t *done)
{
	(void)ring;
	prove(!n || __CPROVER_w_ok(data, n), "there is room for what is read");
	*done = 0;
	if (nondet_bool())
		return -EIO;
	*done = any_below(n + 1);
	if (*done && (char *)data < in.message.body)
		in.message.header.len = nondet_u32();
	return 0;
}

static struct xenstore_message message;

/* Any header, and any first bytes of a body: more of it is not looked at. */
static void any_message(void)
{
	message.header.type = nondet_u32();
	message.header.req_id = nondet_u32();
	message.header.len = (uint32_t)any_below(BODY + 1);
	for (size_t i = 0; i < BODY; i++)
		message.body[i] = (char)nondet_s8();
}

/* What is there of a message is no more than its header says, if that is there. */
static bool is_sound(void)
{
	const size_t header = sizeof(in.message.header);

	return in.have <= header || (in.message.header.len <= XENSTORE_PAYLOAD_MAX &&
				     in.have <= header + in.message.header.len);
}

void proof_receive(void)
{
	struct xenstore_ring ring;
	bool whole;
	int err;

	in.have = nondet_ulong();
	in.message.header.len = nondet_u32();
	in.message.body[any_below(sizeof(in.message.body))] = 'x';
	assume(is_sound());
	err = xenstore_receive(&in, &ring, &whole);
	prove(!err || !whole, "an error is no message");
	prove(err == 0 || err == -EIO || err == -E2BIG, "errors are those that are promised");
	prove(err == -E2BIG || is_sound(), "it stays sound");
	prove(err != -E2BIG || in.message.header.len > XENSTORE_PAYLOAD_MAX,
	      "too long is too long");
	prove(!whole || in.message.header.len <= XENSTORE_PAYLOAD_MAX, "a message fits");
	prove(!whole || in.message.body[in.message.header.len] == '\0', "and ends");
	prove(!whole || in.have == sizeof(in.message.header) + in.message.header.len,
	      "and is all there");
}

void proof_event_parse(void)
{
	const char *path = NULL, *token = NULL;
	size_t first = any_below(BODY), second = any_below(BODY);
	int err;

	any_message();
	err = xenstore_event_parse(&message, &path, &token);
	prove(err == 0 || err == -EINVAL, "errors are those that are promised");
	prove(err || path == message.body, "the path is at the beginning");
	prove(err || (token > path && token < message.body + message.header.len &&
		      token[-1] == '\0'),
	      "the token begins behind the path's end, within the message");
	prove(!err || !(first < second && second < message.header.len && !message.body[first] &&
			!message.body[second]),
	      "two texts that end are never refused");
}

void proof_reply_error(void)
{
	uint32_t type = nondet_u32();
	int err;

	any_message();
	err = xenstore_reply_error(&message, type);
	prove(err <= 0 && err > -4096, "it is an error number or 0");
	prove(message.header.type == type || err, "an answer of another type is an error");
	prove(message.header.type != XS_ERROR || err, "and so is an error");
	prove(message.header.type != type || type == XS_ERROR || !err, "an answer is none");
}

static void number_parse(const char *text)
{
	uint64_t number = 0;
	__uint128_t model = 0;
	bool digits = true;
	int err;

	for (size_t i = 0; text[i]; i++) {
		digits = digits && text[i] >= '0' && text[i] <= '9';
		model = model * 10 + (__uint128_t)(digits ? text[i] - '0' : 0);
	}
	err = xenstore_number_parse(text, &number);
	prove((err == -EINVAL) == (!digits || !*text), "what is no number is refused");
	prove(err == -EINVAL || (err == -ERANGE) == (model > UINT64_MAX), "what is too large, too");
	prove(err || number == (uint64_t)model, "the number is what it says");
}

/* What UINT64_MAX begins with: a few more characters come to it, and beyond. */
static const char near_max[] = "184467440737095";
#define NEAR_MAX (sizeof(near_max) - 1)

void proof_number_parse(void)
{
	char text[NEAR_MAX + DIGITS + 1];

	for (size_t i = 0; i < NEAR_MAX; i++)
		text[i] = near_max[i];
	text[NEAR_MAX + DIGITS] = '\0';
	if (nondet_bool())
		number_parse(text);
	else
		number_parse(text + NEAR_MAX);
}

void proof_build(void)
{
	static char data[XENSTORE_PAYLOAD_MAX + 1];
	struct xsd_sockmsg header = {.type = nondet_u32(), .req_id = nondet_u32()};
	struct xenstore_part part[2] = {
		{data, any_below(sizeof(data) + 1)},
		{data, any_below(sizeof(data) + 1)},
	};
	unsigned int nr = nondet_bool() ? 1 : 2;
	size_t sum = part[0].size + (nr == 2 ? part[1].size : 0);
	int err = xenstore_build(&message, &header, part, nr);

	prove(err == (sum > XENSTORE_PAYLOAD_MAX ? -E2BIG : 0), "what is too long is refused");
	prove(err || message.header.len == sum, "the length is the pieces'");
	prove(err || (message.header.type == header.type && message.header.req_id == header.req_id),
	      "the header is what it was told");
}
