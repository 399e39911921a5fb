/* SPDX-License-Identifier: MIT */
/*
 * Watches: set in each connection anew, and called in xenstore's thread. Events are not kept one by
 * one: what fired says that there is something to read, and who reads sees the last of it.
 */
#include <arch/cpu.h>
#include <lib/printk.h>
#include <lib/string.h>

#include "xenstore_client.h"

#define RETRY_MIN_NS 1000000000ULL
#define RETRY_MAX_NS (64 * RETRY_MIN_NS)
#define TOKEN_MAX    12

static unsigned int nr_watches;

/* Those that could not be set, in which connection, and when that is tried again. */
static struct {
	unsigned int connection;
	uint64_t at, pause; /* 0: none could not */
} unset;

void xenstore_watch(struct xenstore_watch *watch)
{
	watch->token = ++nr_watches;
	watch->connection = 0;
	watch->fired = false;
	watch->again_at = watch->pause = 0;
	watch->next = xenstore_watches;
	xenstore_watches = watch;
	xenstore_inbox_wake();
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
	for (struct xenstore_watch *watch = xenstore_watches; watch; watch = watch->next) {
		if (watch->connection != xenstore_client_connection())
			return watch;
	}
	return NULL;
}

static uint64_t retry_after(uint64_t *pause)
{
	*pause = *pause ? MIN(2 * *pause, RETRY_MAX_NS) : RETRY_MIN_NS;
	return clock_ns() + *pause;
}

static int set_each(void)
{
	struct xenstore_watch *watch;
	int err = 0;

	while (!err && (watch = find_unset())) {
		err = set(watch);
		if (err && !unset.pause && xenstore_client_state() == XENSTORE_UP)
			printk("xenstore: cannot watch %s: %s (retrying)\n", watch->path,
			       strerror_kernel(err));
		else if (!err && watch->connected)
			watch->connected();
	}
	return err;
}

/* When to try again; 0: all are set. A connection that is new is tried at once. */
static uint64_t set_all(void)
{
	if (unset.connection != xenstore_client_connection()) {
		unset.connection = xenstore_client_connection();
		unset.at = unset.pause = 0;
	}
	if (unset.at && clock_ns() < unset.at)
		return unset.at;
	if (set_each())
		unset.at = retry_after(&unset.pause);
	else
		unset.at = unset.pause = 0;
	return unset.at;
}

static void call(struct xenstore_watch *watch)
{
	watch->fired = false;
	watch->again_at = 0;
	if (watch->changed())
		watch->again_at = retry_after(&watch->pause);
	else
		watch->pause = 0;
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a && (!b || a < b) ? a : b;
}

/* Each once, and when the next is due (0: none): who fires again meanwhile has another turn. */
static uint64_t call_due(void)
{
	uint64_t next = 0;

	for (struct xenstore_watch *watch = xenstore_watches; watch; watch = watch->next) {
		if (watch->fired || (watch->again_at && clock_ns() >= watch->again_at))
			call(watch);
	}
	for (struct xenstore_watch *watch = xenstore_watches; watch; watch = watch->next)
		next = sooner(next, watch->fired ? clock_ns() : watch->again_at);
	return next;
}

uint64_t xenstore_watch_serve(void)
{
	uint64_t set_at = set_all();

	return sooner(set_at, call_due());
}
