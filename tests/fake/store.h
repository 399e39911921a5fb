/* SPDX-License-Identifier: MIT */
/*
 * A fake xenstored: a tree of texts, one client, the far side of the ring. It serves when it is
 * told to, as much as it is told to, and lies when a test wants it to.
 */
#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include <asm/xen.h>
#include <lib/errno.h>
#include <lib/types.h>
#include <xen/io/xs_wire.h>

struct fake_store {
	struct xenstore_domain_interface page;

	/* What a test sets. All zeros: an honest server at once. */
	bool dead;		/* takes nothing, says nothing */
	size_t chunk;		/* bytes it moves at a time; 0: all there is room for */
	const char *readonly;	/* paths that begin so cannot be written */
	unsigned int conflicts; /* this many transactions end with EAGAIN */
	bool newest_first;	/* answers in the other order */
	unsigned int dropped;	/* this many requests get no answer */

	/* What a test looks at. */
	unsigned long requests; /* taken */
	unsigned long watches;	/* set now */
	unsigned long connects; /* times the connection was made anew */
	unsigned long ended;	/* transactions that were committed */
};

extern struct fake_store fake_store;

/* A new server: nothing in the tree, nothing connected. */
void fake_store_start(void);

/* The same, but for the page, which is as it was: the domain was saved and restored. */
void fake_store_restore(void);

/* NULL removes. Who watches hears of it. */
void fake_store_set(const char *path, const char *value);
void fake_store_set_bytes(const char *path, const void *value, size_t n);

/* NULL: not there. */
const char *fake_store_get(const char *path);

/* Serves: takes requests, answers. True: something moved. */
bool fake_store_run(void);

/* Says this, whatever it is. */
void fake_store_say(const void *bytes, size_t n);
void fake_store_say_message(uint32_t type, uint32_t id, const void *body, uint32_t len);

/* --- store_tree.c --- */

#define FAKE_PATH_MAX 96

void fake_tree_clear(void);
void fake_tree_put(const char *path, const void *value, size_t n); /* NULL removes */
const char *fake_tree_get(const char *path, size_t *n);		   /* NULL: not there */

#endif
