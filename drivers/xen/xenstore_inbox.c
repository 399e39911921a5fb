/* SPDX-License-Identifier: MIT */
/* What comes in from xenstored, and what waits for it: requests for answers, watches for events. */
#include <lib/printk.h>
#include <lib/string.h>
#include <sched/thread.h>

#include "xenstore_client.h"

struct xenstore_watch *xenstore_watches;

static struct wait_queue changed;
static struct list waiting = LIST_INIT(waiting);
static uint32_t last_id;
static bool logged_late, logged_strange;

void xenstore_inbox_wake(void)
{
	thread_wake(&changed);
}

void xenstore_inbox_sleep(uint64_t deadline)
{
	thread_wait(&changed, deadline);
}

void xenstore_inbox_open(void)
{
	logged_strange = false;
	xenstore_inbox_wake();
}

static void log_strange(const char *what)
{
	if (!logged_strange)
		printk("xenstore: %s: ignored\n", what);
	logged_strange = true;
}

/* ---- requests ---- */

static struct xenstore_request *find_request(uint32_t id)
{
	list_for_each (node, &waiting) {
		struct xenstore_request *request =
			container_of(node, struct xenstore_request, node);

		if (request->id == id)
			return request;
	}
	return NULL;
}

uint32_t xenstore_inbox_id(void)
{
	do
		last_id++;
	while (find_request(last_id));
	return last_id;
}

void xenstore_inbox_add(struct xenstore_request *request)
{
	request->done = false;
	list_append(&waiting, &request->node);
}

bool xenstore_inbox_give_up(struct xenstore_request *request)
{
	bool first = !logged_late;

	list_remove(&request->node);
	logged_late = true;
	return first;
}

static void finish(struct xenstore_request *request, int err)
{
	list_remove(&request->node);
	request->err = err;
	request->done = true;
	xenstore_inbox_wake();
}

void xenstore_inbox_end_all(int err)
{
	struct list *first;

	while ((first = list_first(&waiting)))
		finish(container_of(first, struct xenstore_request, node), err);
	logged_late = false;
	xenstore_inbox_wake();
}

static void take_answer(const struct xenstore_message *message)
{
	struct xenstore_request *request = find_request(message->header.req_id);
	int err;

	if (!request) {
		/* To a request that is no longer waited for it is late, and else it is nonsense. */
		if (message->header.req_id - 1 >= last_id)
			log_strange("response without a request");
		return;
	}
	err = xenstore_reply_error(message, request->type);
	if (err && message->header.type != XS_ERROR)
		log_strange("response of another type than its request");
	request->len = message->header.len;
	if (!err && request->answer)
		memcpy(request->answer, message->body, MIN(request->len, request->size));
	logged_late = false;
	finish(request, err);
}

/* ---- watches ---- */

static struct xenstore_watch *find_watch(const char *token)
{
	uint64_t number;

	if (xenstore_number_parse(token, &number))
		return NULL;
	for (struct xenstore_watch *watch = xenstore_watches; watch; watch = watch->next) {
		if (watch->token == number)
			return watch;
	}
	return NULL;
}

static void take_event(const struct xenstore_message *message)
{
	const char *path, *token;
	struct xenstore_watch *watch;

	if (xenstore_event_parse(message, &path, &token)) {
		log_strange("watch event without path and token");
		return;
	}
	watch = find_watch(token);
	if (!watch) {
		log_strange("watch event for an unknown watch");
		return;
	}
	watch->fired = true;
	xenstore_inbox_wake();
}

void xenstore_inbox_take(const struct xenstore_message *message)
{
	if (message->header.type == XS_WATCH_EVENT)
		take_event(message);
	else
		take_answer(message);
}
