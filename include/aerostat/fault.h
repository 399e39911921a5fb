/* SPDX-License-Identifier: MIT */
/* Intentional faults, for tests of what is not allowed. */
#ifndef AEROSTAT_FAULT_H
#define AEROSTAT_FAULT_H

#include <arch/upcalls.h>

/*
 * Call fn(arg) on a stack of its own. It must not yield, sleep or wait.
 * Return: 0 if it returned; -EFAULT if it faulted, with *fault filled in and its effects kept up to
 * that instruction; -ENOMEM without a stack (16 KiB); -EBUSY inside another call.
 * Context: thread.
 */
int fault_expect(void (*fn)(void *), void *arg, struct fault *fault);

#endif
