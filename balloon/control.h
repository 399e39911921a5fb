/* SPDX-License-Identifier: MIT */
/* The thread's work towards the targets, and how a backend stands. */
#ifndef BALLOON_CONTROL_H
#define BALLOON_CONTROL_H

#include "registry.h"

struct policy_state;

/*
 * Does a short piece of work towards the targets: policy decides which. Return: ns until the next;
 * 0: at once; POLICY_NEVER: nothing is to be done until balloon_wake(). Context: the thread.
 */
uint64_t balloon_work_step(void);

/* Return: the worst result of the last attempts, of all backends, as balloon_settle() has it. */
int balloon_result(void);

/* Accounts frames that came without the host's request. Context: threads. */
void balloon_grew_beyond(struct balloon_dev *dev, unsigned long grown);

/* Fills in what policy decides by, but what is free as a whole. Context: any. */
void balloon_snapshot(const struct balloon_dev *dev, struct policy_state *s);

#endif
