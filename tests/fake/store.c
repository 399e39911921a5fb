/* SPDX-License-Identifier: MIT */
/* The fake xenstored. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/store.h"

#define WATCHES_MAX 16
#define QUEUE_BYTES (1 << 20)

struct fake_store fake_store;

static struct {
	char path[FAKE_PATH_MAX], token[16];
} watch[WATCHES_MAX];
static char queue[QUEUE_BYTES]; /* what it has to say */
static size_t queue_from, queue_to;
static struct {
	struct xsd_sockmsg header;
	char body[XENSTORE_PAYLOAD_MAX + 1];
} in;
static size_t in_have;
static uint32_t transactions;

static void forget_connection(void)
{
	memset(watch, 0, sizeof(watch));
	fake_store.watches = 0;
	queue_from = queue_to = in_have = 0;
}

void fake_store_start(void)
{
	memset(&fake_store, 0, sizeof(fake_store));
	fake_tree_clear();
	forget_connection();
}

void fake_store_restore(void)
{
	struct xenstore_domain_interface page = fake_store.page;

	fake_store_start();
	fake_store.page = page;
}

void fake_store_say(const void *bytes, size_t n)
{
	if (queue_to + n > sizeof(queue))
		return;
	memcpy(queue + queue_to, bytes, n);
	queue_to += n;
}

/* Before what is in the queue already. */
static void say_first(const void *bytes, size_t n)
{
	if (queue_to + n > sizeof(queue))
		return;
	memmove(queue + queue_from + n, queue + queue_from, queue_to - queue_from);
	memcpy(queue + queue_from, bytes, n);
	queue_to += n;
}

void fake_store_say_message(uint32_t type, uint32_t id, const void *body, uint32_t len)
{
	struct xsd_sockmsg header = {.type = type, .req_id = id, .len = len};
	char message[sizeof(in)];

	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), body, len);
	fake_store_say(message, sizeof(header) + len);
}

static void answer(const void *body, size_t len)
{
	char message[sizeof(in)];
	struct xsd_sockmsg header = in.header;

	if (fake_store.dropped) {
		fake_store.dropped--;
		return;
	}
	header.len = (uint32_t)len;
	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), body, len);
	if (fake_store.newest_first)
		say_first(message, sizeof(header) + len);
	else
		fake_store_say(message, sizeof(header) + len);
}

static void refuse(const char *name)
{
	in.header.type = XS_ERROR;
	answer(name, strlen(name) + 1);
}

static void say_event(const char *path, const char *token)
{
	char body[FAKE_PATH_MAX + 32];
	int n = snprintf(body, sizeof(body), "%s%c%s", path, 0, token) + 1;

	fake_store_say_message(XS_WATCH_EVENT, 0, body, (uint32_t)n);
}

void fake_store_set_bytes(const char *path, const void *value, size_t n)
{
	fake_tree_put(path, value, n);
	for (int i = 0; i < WATCHES_MAX; i++) {
		if (*watch[i].token && !strncmp(path, watch[i].path, strlen(watch[i].path)))
			say_event(path, watch[i].token);
	}
}

void fake_store_set(const char *path, const char *value)
{
	fake_store_set_bytes(path, value, value ? strlen(value) : 0);
}

const char *fake_store_get(const char *path)
{
	size_t n;

	return fake_tree_get(path, &n);
}

static void serve_read(void)
{
	size_t n;
	const char *value = fake_tree_get(in.body, &n);

	if (value)
		answer(value, n);
	else
		refuse("ENOENT");
}

static void serve_write(void)
{
	size_t path = strlen(in.body) + 1;
	const char *readonly = fake_store.readonly;

	if (readonly && !strncmp(in.body, readonly, strlen(readonly))) {
		refuse("EACCES");
		return;
	}
	/* Of a transaction that will fail nothing is ever seen. */
	if (!in.header.tx_id || !fake_store.conflicts)
		fake_store_set_bytes(in.body, in.body + path, in.header.len - path);
	answer("OK", 3);
}

static void serve_watch(void)
{
	const char *token = in.body + strlen(in.body) + 1;
	int i = 0;

	while (i < WATCHES_MAX - 1 && *watch[i].token)
		i++;
	snprintf(watch[i].path, sizeof(watch[i].path), "%.*s", FAKE_PATH_MAX - 1, in.body);
	snprintf(watch[i].token, sizeof(watch[i].token), "%.15s", token);
	fake_store.watches++;
	answer("OK", 3);
	say_event(watch[i].path, watch[i].token);
}

static void serve_end(void)
{
	if (in.body[0] == 'T' && fake_store.conflicts) {
		fake_store.conflicts--;
		refuse("EAGAIN");
		return;
	}
	fake_store.ended += in.body[0] == 'T';
	answer("OK", 3);
}

static void serve(void)
{
	char id[16];

	fake_store.requests++;
	in.body[in.header.len] = '\0';
	switch (in.header.type) {
	case XS_READ:
		serve_read();
		return;
	case XS_WRITE:
		serve_write();
		return;
	case XS_WATCH:
		serve_watch();
		return;
	case XS_TRANSACTION_START:
		answer(id, (size_t)snprintf(id, sizeof(id), "%u", ++transactions) + 1);
		return;
	case XS_TRANSACTION_END:
		serve_end();
		return;
	default:
		refuse("ENOSYS");
	}
}

static size_t at_most(size_t n, size_t room)
{
	size_t chunk = fake_store.chunk ? fake_store.chunk : XENSTORE_RING_SIZE;

	n = n < room ? n : room;
	return n < chunk ? n : chunk;
}

/* A request that a test must never see: the client's own mistake. */
static void check_header(void)
{
	if (in.header.len <= XENSTORE_PAYLOAD_MAX && in.header.type < XS_TYPE_COUNT)
		return;
	fprintf(stderr, "the client wrote a header of type %u and length %u\n", in.header.type,
		in.header.len);
	abort();
}

static bool take_in(void)
{
	struct xenstore_domain_interface *page = &fake_store.page;
	size_t n = at_most(page->req_prod - page->req_cons, XENSTORE_RING_SIZE);

	for (size_t i = 0; i < n; i++) {
		((char *)&in)[in_have++] = page->req[MASK_XENSTORE_IDX(page->req_cons++)];
		if (in_have == sizeof(in.header))
			check_header();
		if (in_have >= sizeof(in.header) && in_have == sizeof(in.header) + in.header.len) {
			in_have = 0;
			serve();
		}
	}
	return n > 0;
}

static bool give_out(void)
{
	struct xenstore_domain_interface *page = &fake_store.page;
	size_t room = XENSTORE_RING_SIZE - (page->rsp_prod - page->rsp_cons);
	size_t n = at_most(queue_to - queue_from, room);

	for (size_t i = 0; i < n; i++)
		page->rsp[MASK_XENSTORE_IDX(page->rsp_prod++)] = queue[queue_from++];
	if (queue_from == queue_to)
		queue_from = queue_to = 0;
	return n > 0;
}

static bool connect_anew(void)
{
	struct xenstore_domain_interface *page = &fake_store.page;

	if (page->connection != XENSTORE_RECONNECT ||
	    !(page->server_features & XENSTORE_SERVER_FEATURE_RECONNECTION))
		return false;
	forget_connection();
	page->req_cons = page->req_prod = page->rsp_cons = page->rsp_prod = 0;
	page->connection = XENSTORE_CONNECTED;
	fake_store.connects++;
	return true;
}

bool fake_store_run(void)
{
	bool moved;

	if (fake_store.dead)
		return false;
	moved = connect_anew();
	if (fake_store.page.connection != XENSTORE_CONNECTED)
		return moved;
	moved = take_in() || moved;
	return give_out() || moved;
}
