/* SPDX-License-Identifier: MIT */
/* The control socket's place in the file system. */
#ifndef DRIVERS_LINUX_LISTEN_H
#define DRIVERS_LINUX_LISTEN_H

/*
 * Open a socket at a path that only its owner may connect to, and that is removed when the process
 * ends.
 * Return: the socket; negative, with one message, if it cannot.
 * Context: thread, once.
 */
int listen_at(const char *path);

#endif
