/* SPDX-License-Identifier: MIT */
/*
 * Watches: set in each connection anew, and called in xenstore's thread. Events are not kept one by
 * one: what fired says that there is something to read, and who reads sees the last of it.
 */
#include <arch/cpu.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#include "xenstore_client.h"

#define RETRY_MIN_NS 1000000000ULL
#define RETRY_MAX_NS (64 * RETRY_MIN_NS)
#define TOKEN_MAX    12

static struct xenstore_watch *watches;
static unsigned int nr_watches;
static uint64_t retry_ns;

void xenstore_watch(struct xenstore_watch *watch)
{
	watch->token = ++nr_watches;
	watch->connection = 0;
	watch->fired = false;
	watch->next = watches;
	watches = watch;
	xenstore_client_wake();
}

static struct xenstore_watch *find(const char *token)
{
	uint64_t number;

	if (xenstore_number_parse(token, &number))
		return NULL;
	for (struct xenstore_watch *watch = watches; watch; watch = watch->next) {
		if (watch->token == number)
			return watch;
	}
	return NULL;
}

void xenstore_watch_event(const struct xenstore_message *message)
{
	const char *path, *token;
	struct xenstore_watch *watch;

	if (xenstore_event_parse(message, &path, &token)) {
		xenstore_client_say("a watch's event came without path and token");
		return;
	}
	watch = find(token);
	if (!watch) {
		xenstore_client_say("a watch's event came that is nobody's");
		return;
	}
	watch->fired = true;
	xenstore_client_wake();
}

static int set(struct xenstore_watch *watch)
{
	char token[TOKEN_MAX];
	int n = snprintf(token, sizeof(token), "%u", watch->token);
	struct xenstore_request request = {
		.type = XS_WATCH,
		.part = {{watch->path, strlen(watch->path) + 1}, {token, (size_t)n + 1}},
		.nr_parts = 2,
	};
	unsigned int connection = xenstore_client_connection();
	int err = xenstore_request(&request);

	/* One whose answer was late. */
	if (err && err != -EEXIST)
		return err;
	watch->connection = connection;
	watch->fired = true;
	return 0;
}

/* The first of what is to be set in this connection. */
static struct xenstore_watch *find_unset(void)
{
	for (struct xenstore_watch *watch = watches; watch; watch = watch->next) {
		if (watch->connection != xenstore_client_connection())
			return watch;
	}
	return NULL;
}

static int set_all(void)
{
	struct xenstore_watch *watch;

	while ((watch = find_unset())) {
		int err = set(watch);

		if (err) {
			if (!retry_ns && xenstore_client_state() == XENSTORE_UP)
				printk("xenstore: no watch on %s: %s; it is tried again\n",
				       watch->path, strerror_kernel(err));
			return err;
		}
		if (watch->connected)
			watch->connected();
	}
	return 0;
}

/* Each once: who fires again meanwhile, or could not read, has another turn. */
static int call_fired(void)
{
	int err = 0;

	for (struct xenstore_watch *watch = watches; watch; watch = watch->next) {
		if (!watch->fired)
			continue;
		watch->fired = false;
		if (watch->changed()) {
			watch->fired = true;
			err = -EAGAIN;
		}
	}
	return err;
}

static bool any_fired(void)
{
	for (struct xenstore_watch *watch = watches; watch; watch = watch->next) {
		if (watch->fired)
			return true;
	}
	return false;
}

uint64_t xenstore_watch_serve(void)
{
	int not_set = set_all(), not_read = call_fired();

	if (not_set || not_read) {
		retry_ns = retry_ns ? MIN(2 * retry_ns, RETRY_MAX_NS) : RETRY_MIN_NS;
		return clock_ns() + retry_ns;
	}
	retry_ns = 0;
	return any_fired() ? clock_ns() : 0;
}
