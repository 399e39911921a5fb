/* SPDX-License-Identifier: MIT */
/* Doubly linked, circular, intrusive lists. A list is a head that is a node of its own. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <lib/types.h>

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name)          \
	{                        \
		&(name), &(name) \
	}

/* Make `head` an empty list. */
static inline void list_init(struct list *head)
{
	head->next = head;
	head->prev = head;
}

/* Test whether a list has no node. */
static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

/* Insert `node` between two neighbours of a list. */
static inline void list_insert_between(struct list *node, struct list *prev, struct list *next)
{
	node->next = next;
	node->prev = prev;
	next->prev = node;
	prev->next = node;
}

/* Insert `node` at the front of a list. */
static inline void list_push(struct list *head, struct list *node)
{
	list_insert_between(node, head, head->next);
}

/* Insert `node` at the back of a list. */
static inline void list_append(struct list *head, struct list *node)
{
	list_insert_between(node, head->prev, head);
}

/* Remove `node` from its list. It points to itself afterwards: a second removal is harmless. */
static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* Return the first node of a list, or NULL. */
static inline struct list *list_first(const struct list *head)
{
	return list_empty(head) ? NULL : head->next;
}

#define list_for_each(pos, head) \
	for (struct list *pos = (head)->next; pos != (head); pos = pos->next)

#endif
