/* SPDX-License-Identifier: MIT */
/* Faults on purpose, for tests that show what cannot be done. */
#ifndef AEROSTAT_FAULT_H
#define AEROSTAT_FAULT_H

#include <arch/upcalls.h>

/*
 * Calls fn(arg) on a stack of its own, which must not yield, sleep or wait. 0: it returned.
 * -EFAULT: it faulted, *fault says how, and what it had begun stays as it was at that instruction.
 * -ENOMEM: no stack (16 KiB); -EBUSY: already inside one. Threads only.
 */
int fault_expect(void (*fn)(void *), void *arg, struct fault *fault);

#endif
