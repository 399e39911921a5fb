/* SPDX-License-Identifier: MIT */
/* The fake xenstored's tree: paths and what lies there. */
#include <stdio.h>
#include <string.h>

#include "tests/fake/store.h"

#define NODES_MAX 64

static struct node {
	char path[FAKE_PATH_MAX];
	char value[XENSTORE_PAYLOAD_MAX + 1];
	size_t size;
	bool there;
} node[NODES_MAX];

void fake_tree_clear(void)
{
	memset(node, 0, sizeof(node));
}

/* The node, or one to make it of, or NULL. */
static struct node *find(const char *path)
{
	struct node *unused = NULL;

	for (int i = 0; i < NODES_MAX; i++) {
		if (node[i].there && !strcmp(node[i].path, path))
			return &node[i];
		if (!node[i].there && !unused)
			unused = &node[i];
	}
	return unused;
}

void fake_tree_put(const char *path, const void *value, size_t n)
{
	struct node *at = find(path);

	if (!at)
		return;
	at->there = value != NULL;
	if (!value)
		return;
	snprintf(at->path, sizeof(at->path), "%.*s", FAKE_PATH_MAX - 1, path);
	memcpy(at->value, value, n);
	at->value[n] = '\0';
	at->size = n;
}

const char *fake_tree_get(const char *path, size_t *n)
{
	const struct node *at = find(path);

	if (!at || !at->there)
		return NULL;
	*n = at->size;
	return at->value;
}
