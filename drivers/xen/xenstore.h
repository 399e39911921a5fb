/* SPDX-License-Identifier: MIT */
/*
 * The client of xenstore, the tree of short texts that a toolstack and its guests share (Xen
 * docs/misc/xenstore.txt). A path is below the domain's own unless it begins with '/'.
 *
 * Requests wait for their response, ten seconds at most.
 * Return: 0; the store's own error (-ENOENT, -EACCES, ...); -ENODEV without xenstore; -ETIMEDOUT
 * without a response; -EIO, with one message, after an invalid response or a dropped connection.
 * Context: thread.
 */
#ifndef DRIVERS_XEN_XENSTORE_H
#define DRIVERS_XEN_XENSTORE_H

#include <lib/types.h>

#define XENSTORE_NO_TRANSACTION 0U

/*
 * Connect, and start the thread of the watches. Requests work from then on.
 * Return: 0, also without xenstore; -ENOMEM and the like, with one message.
 */
int xenstore_init(void);

/*
 * Read a node into `value`, a text of less than `size` bytes.
 * Return: -EOVERFLOW if it is longer; -EINVAL if it is no text; as above.
 */
int xenstore_read(uint32_t transaction, const char *path, char *value, size_t size) __must_check;

/* Write a node. Return: as above. */
int xenstore_write(uint32_t transaction, const char *path, const char *value) __must_check;

/*
 * Call `body` in a transaction, and again if others wrote in between. An error of body ends it with
 * nothing written.
 * Return: -EAGAIN if others wrote in between each time; as above.
 */
int xenstore_transact(int (*body)(uint32_t transaction, void *arg), void *arg) __must_check;

/*
 * A watch. `changed` is called in xenstore's thread after `path` or a node below it may have
 * changed, once for any number of changes, and once for each connection, after `connected` (which
 * may be NULL). After an error it is called again later.
 */
struct xenstore_watch {
	const char *path;
	void (*connected)(void);
	int (*changed)(void);

	/* The client's own. */
	struct xenstore_watch *next;
	unsigned int token;
	unsigned int connection; /* in which it is set; 0: in none */
	bool fired;
	uint64_t again_at, pause; /* of the next call after an error */
};

/* Add a watch, which must stay. Context: thread, and before there are threads. */
void xenstore_watch(struct xenstore_watch *watch);

/*
 * Wait before a suspend until xenstored has taken all of a request: the next xenstored would take
 * the following request for the rest of it. Nothing is sent afterwards until another thread runs.
 * Return: -ETIMEDOUT if xenstored took nothing for ten seconds.
 * Context: thread.
 */
int xenstore_settle(void) __must_check;

/*
 * Find the ring after a restore and set all watches again. Pending requests end with -EAGAIN.
 * Context: thread, event channels ready to be bound.
 */
void xenstore_restart(void);

#endif
