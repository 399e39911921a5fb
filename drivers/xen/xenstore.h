/* SPDX-License-Identifier: MIT */
/*
 * The xenstore client: the tree of short texts by which a toolstack and its guests talk (Xen
 * docs/misc/xenstore.txt). A path is below the domain's own unless it begins with '/'.
 *
 * Requests are for threads, and wait for their answer, ten seconds at most. 0, or the store's own
 * error (-ENOENT, -EACCES, ...), or -ENODEV: there is no xenstore; -ETIMEDOUT: no answer;
 * -EIO: what came makes no sense, or the connection was given up (one line said).
 */
#ifndef DRIVERS_XEN_XENSTORE_H
#define DRIVERS_XEN_XENSTORE_H

#include <lib/types.h>

#define XENSTORE_NO_TRANSACTION 0U

/*
 * Connects, and starts the thread that watches; requests can be made from then on. Not having a
 * xenstore is no error. -ENOMEM and the like: one line said.
 */
int xenstore_init(void);

/* `value` is a text of less than `size` bytes. -EOVERFLOW: it is longer; -EINVAL: no text. */
int xenstore_read(uint32_t transaction, const char *path, char *value, size_t size) __must_check;

int xenstore_write(uint32_t transaction, const char *path, const char *value) __must_check;

/*
 * Has `body` read and write in a transaction, and again if others came in between. An error of
 * body ends it with nothing written. -EAGAIN: others came between every time.
 */
int xenstore_transact(int (*body)(uint32_t transaction, void *arg), void *arg) __must_check;

/*
 * Somebody who wants to know. `changed` is called in xenstore's thread after `path` or what is
 * below it may have changed, however often meanwhile, and once for each connection, after
 * `connected` (which may be NULL). If it answers with an error, it is called again later.
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
	uint64_t again_at, pause; /* it answered with an error, and is called again then */
};

/* `watch` must live on. Threads, and before there are any. */
void xenstore_watch(struct xenstore_watch *watch);

/*
 * Before a suspend: has xenstored take all of what is being sent. The one that comes after it knows
 * nothing of a half, and would take the next request for the rest. Threads. 0: nothing is sent from
 * here until another thread runs. -ETIMEDOUT: it took nothing for ten seconds.
 */
int xenstore_settle(void) __must_check;

/*
 * After a restore: finds the ring anew and sets all watches again. What had not been answered ends
 * with -EAGAIN. Event channels must be ready to be bound.
 */
void xenstore_restart(void);

#endif
