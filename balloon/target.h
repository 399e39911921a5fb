/* SPDX-License-Identifier: MIT */
/* Targets and the user's floor, and the rest of the thread that follows them. */
#ifndef BALLOON_TARGET_H
#define BALLOON_TARGET_H

#include "registry.h"

/* Return: its target in the guest's count, of its own frames; BALLOON_NO_TARGET. Context: any. */
unsigned long balloon_own_target(const struct balloon_dev *dev);

/* Return: has its target changed since this was last asked? Context: any. */
bool balloon_target_changed(struct balloon_dev *dev);

/* Ends the thread's rest, or its next one: something changed. Context: any. */
void balloon_wake(void);

/* Rests until woken, for `ns` at most; POLICY_NEVER: without an end. Context: the thread. */
void balloon_rest(uint64_t ns);

/* Sleeps until the thread rests, and nothing changed since. Context: threads. */
void balloon_await_rest(void);

#endif
