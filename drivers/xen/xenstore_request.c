/* SPDX-License-Identifier: MIT */
/* Requests that wait for their answers, and the operations made of them. */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/wait_limit.h>

#include "xenstore_client.h"

#define ANSWER_WAIT_S	10ULL
#define NS_PER_S	1000000000ULL
#define TRANSACTION_MAX 16 /* times others may come between */

static int late(struct xenstore_request *request)
{
	if (xenstore_inbox_give_up(request))
		printk("xenstore: no response within %llu s (is xenstored running?)\n",
		       ANSWER_WAIT_S);
	return -ETIMEDOUT;
}

/* False: the time is over, and what came up to now was taken in. */
static bool wait_for_more(struct wait_limit *limit)
{
	bool late = wait_limit_passed(limit, clock_ns());

	xenstore_client_wait(wait_limit_next(limit));
	return !late;
}

static int wait_for_turn(struct wait_limit *limit)
{
	for (;;) {
		switch (xenstore_client_state()) {
		case XENSTORE_ABSENT:
			return -ENODEV;
		case XENSTORE_BROKEN:
			return -EIO;
		case XENSTORE_WAITING:
		case XENSTORE_UP:
			break;
		}
		if (xenstore_client_is_free())
			return 0;
		if (!wait_for_more(limit))
			return -ETIMEDOUT;
	}
}

static int post(struct xenstore_request *request)
{
	struct xsd_sockmsg header = {.type = request->type, .tx_id = request->transaction};
	int err;

	header.req_id = xenstore_inbox_id();
	err = xenstore_client_post(&header, request->part, request->nr_parts);
	if (err)
		return err;
	request->id = header.req_id;
	xenstore_inbox_add(request);
	return 0;
}

int xenstore_request(struct xenstore_request *request)
{
	struct wait_limit limit = wait_limit(ANSWER_WAIT_S * NS_PER_S, clock_ns());
	int err;

	list_init(&request->node);
	err = wait_for_turn(&limit);
	if (err == -ETIMEDOUT)
		return late(request);
	if (!err)
		err = post(request);
	if (err)
		return err;
	while (!request->done) {
		if (!wait_for_more(&limit) && !request->done)
			return late(request);
	}
	return request->err;
}

/* ---- drivers/xenstore.h ---- */

static struct xenstore_part text(const char *s)
{
	return (struct xenstore_part){s, strlen(s) + 1};
}

int xenstore_read(uint32_t transaction, const char *path, char *value, size_t size)
{
	struct xenstore_request request = {
		.type = XS_READ,
		.transaction = transaction,
		.part = {text(path)},
		.nr_parts = 1,
		.answer = value,
		.size = size,
	};
	int err = xenstore_request(&request);

	if (err)
		return err;
	if (request.len >= size)
		return -EOVERFLOW;
	value[request.len] = '\0';
	return strlen(value) == request.len ? 0 : -EINVAL;
}

int xenstore_write(uint32_t transaction, const char *path, const char *value)
{
	struct xenstore_request request = {
		.type = XS_WRITE,
		.transaction = transaction,
		.part = {text(path), {value, strlen(value)}},
		.nr_parts = 2,
	};

	return xenstore_request(&request);
}

static int start(uint32_t *transaction)
{
	char answer[16] = "";
	struct xenstore_request request = {
		.type = XS_TRANSACTION_START,
		.part = {text("")},
		.nr_parts = 1,
		.answer = answer,
		.size = sizeof(answer) - 1,
	};
	uint64_t id = 0;
	int err = xenstore_request(&request);

	if (!err && (xenstore_number_parse(answer, &id) || id == 0 || id > UINT32_MAX))
		err = -EIO;
	*transaction = (uint32_t)id;
	return err;
}

static int end(uint32_t transaction, bool commit)
{
	struct xenstore_request request = {
		.type = XS_TRANSACTION_END,
		.transaction = transaction,
		.part = {text(commit ? "T" : "F")},
		.nr_parts = 1,
	};

	return xenstore_request(&request);
}

int xenstore_transact(int (*body)(uint32_t transaction, void *arg), void *arg)
{
	for (int i = 0; i < TRANSACTION_MAX; i++) {
		uint32_t transaction;
		int err = start(&transaction), ended;

		if (err)
			return err;
		err = body(transaction, arg);
		ended = end(transaction, !err);
		if (err || ended != -EAGAIN)
			return err ? err : ended;
	}
	return -EAGAIN;
}
