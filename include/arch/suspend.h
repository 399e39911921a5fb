/* SPDX-License-Identifier: MIT */
/* Suspend: the host saves the machine, which resumes here or on another host. */
#ifndef ARCH_SUSPEND_H
#define ARCH_SUSPEND_H

#include <lib/types.h>

/*
 * Stop until the host resumes the machine. *moved is set if it resumed in another domain. Then
 * memory and threads are unchanged and the port's own state is repaired, but everything that was
 * bound to the host (event channels, watches, counts from it) must be bound again. clock_ns() goes
 * on from where it stood. Return: -EOPNOTSUPP if the port cannot; -EIO, with one message, if the
 * host refused. Context: thread, no change of memory under way; interrupts are off inside.
 */
int machine_suspend(bool *moved) __must_check;

#endif
