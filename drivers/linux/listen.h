/* SPDX-License-Identifier: MIT */
/* The control socket's place in the file system. */
#ifndef DRIVERS_LINUX_LISTEN_H
#define DRIVERS_LINUX_LISTEN_H

/*
 * A socket at a path that its owner alone may connect to, and that is gone when the process ends.
 * Negative: it cannot be, one line said. Once.
 */
int listen_at(const char *path);

#endif
