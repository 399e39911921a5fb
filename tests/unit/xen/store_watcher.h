/* SPDX-License-Identifier: MIT */
/* A client of the xenstore client: it watches memory/target and remembers what it saw. */
#ifndef TESTS_UNIT_STORE_WATCHER_H
#define TESTS_UNIT_STORE_WATCHER_H

#include "store.h"

static unsigned int connected, changed, fails;
static char seen[64];

static void watch_connected(void)
{
	connected++;
}

static int watch_changed(void)
{
	changed++;
	if (fails) {
		fails--;
		return -ETIMEDOUT;
	}
	return xenstore_read(XENSTORE_NO_TRANSACTION, "memory/target", seen, sizeof(seen)) ==
			       -ETIMEDOUT
		       ? -ETIMEDOUT
		       : 0;
}

static struct xenstore_watch watch = {
	.path = "memory/target",
	.connected = watch_connected,
	.changed = watch_changed,
};

static inline int watcher_group_setup(void **state)
{
	(void)state;
	linux_stop_clock(0);
	said_start();
	store_missing = -ENODEV;
	assert_int_equal(xenstore_init(), 0);
	assert_null(store_thread);
	store_missing = 0;
	assert_int_equal(xenstore_init(), 0);
	assert_non_null(store_thread);
	store_make_thread();
	xenstore_watch(&watch);
	return 0;
}

static inline int watcher_setup(void **state)
{
	(void)state;
	store_start();
	connected = changed = fails = 0;
	seen[0] = '\0';
	return 0;
}

static inline int read_text(const char *path, char *value, size_t size)
{
	return xenstore_read(XENSTORE_NO_TRANSACTION, path, value, size);
}

static inline int write_text(const char *path, const char *value)
{
	return xenstore_write(XENSTORE_NO_TRANSACTION, path, value);
}

/* The connection works: what is written is what is read. */
static inline void assert_works(void)
{
	char value[16] = "";

	assert_int_equal(write_text("works", "yes"), 0);
	assert_int_equal(read_text("works", value, sizeof(value)), 0);
	assert_string_equal(value, "yes");
}

#endif
