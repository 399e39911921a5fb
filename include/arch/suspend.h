/* SPDX-License-Identifier: MIT */
/* The machine stands still, is saved by its host, and goes on: here, or somewhere else. */
#ifndef ARCH_SUSPEND_H
#define ARCH_SUSPEND_H

#include <lib/types.h>

/*
 * Stands still until the host lets it go on. *moved: in another domain, be it on this host or
 * another: memory and threads are as they were, frames and what the port says of itself are true
 * again, but whatever was bound to the host (event channels, watches, counts it told us) must be
 * bound anew. If not, all is as it was. clock_ns() goes on from where it stood. -EOPNOTSUPP: this
 * port cannot; -EIO: the host refused, one line said. Threads only, with no change of memory under
 * way; interrupts off inside.
 */
int machine_suspend(bool *moved) __must_check;

#endif
