/* SPDX-License-Identifier: MIT */
/* Makes the control socket, also in place of a stale one. */
#define _GNU_SOURCE
#include <asm/process.h>
#include <errno.h>
#include <fcntl.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "listen.h"

#define OWNER_ONLY 0177 /* what the mode does not have */
#define BACKLOG	   16
#define LOCK_LOOKS 200	 /* of LOCK_WAIT each: 2 s */
#define LOCK_WAIT  10000 /* microseconds */

static struct sockaddr_un place = {.sun_family = AF_UNIX};
static struct stat ours; /* what is there since we listen */

/* Somebody may have removed it before, and another may listen there by now. */
static void remove_ours(void)
{
	struct stat found;

	if (!lstat(place.sun_path, &found) && found.st_dev == ours.st_dev &&
	    found.st_ino == ours.st_ino)
		unlink(place.sun_path);
}

static int open_folder(const char *path)
{
	char folder[sizeof(place.sun_path) + 1] = ".";
	const char *slash = strrchr(path, '/');

	if (slash) {
		memcpy(folder, path, (size_t)(slash - path) + 1);
		folder[slash - path + 1] = '\0';
	}
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/*
 * Of processes that start at once only one at a time may find a socket stale and put its own there:
 * the folder is locked meanwhile. A descriptor, to be closed; -1: this folder cannot be locked, and
 * it goes on without; -EBUSY: somebody keeps it locked.
 */
static int lock_folder(const char *path)
{
	int fd = open_folder(path), error = 0;

	for (unsigned int i = 0; fd >= 0 && i < LOCK_LOOKS; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return fd;
		error = errno;
		if (error != EWOULDBLOCK)
			break;
		usleep(LOCK_WAIT);
	}
	if (fd >= 0)
		close(fd);
	return error == EWOULDBLOCK ? -EBUSY : -1;
}

/*
 * A process that was killed left its socket behind: nobody answers there. Somebody who has no time
 * for one more is not waited for: he is alive.
 */
static void remove_stale(int fd)
{
	struct stat found;

	if (lstat(place.sun_path, &found) || !S_ISSOCK(found.st_mode))
		return;
	if (connect(fd, (struct sockaddr *)&place, sizeof(place)) && errno == ECONNREFUSED)
		unlink(place.sun_path);
}

static int bind_and_listen(int fd)
{
	mode_t before = umask(OWNER_ONLY);
	int err = bind(fd, (struct sockaddr *)&place, sizeof(place));

	umask(before);
	if (err || lstat(place.sun_path, &ours))
		return -1;
	linux_at_end(remove_ours);
	return listen(fd, BACKLOG);
}

static int refuse(const char *path, const char *why)
{
	printk("control: cannot listen at %s: %s\n", path, why);
	return -EINVAL;
}

static int take_place(const char *path)
{
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), fd;

	if (probe >= 0) {
		remove_stale(probe);
		close(probe);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind_and_listen(fd) || linux_interrupt_by(fd)) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return refuse(path, strerror(error));
	}
	return fd;
}

int listen_at(const char *path)
{
	size_t len = strlen(path);
	int lock, fd;

	if (len >= sizeof(place.sun_path))
		return refuse(path, "path longer than 107 characters");
	memcpy(place.sun_path, path, len + 1);
	lock = lock_folder(path);
	if (lock == -EBUSY)
		return refuse(path, "its folder is locked by another process");
	fd = take_place(path);
	if (lock >= 0)
		close(lock);
	return fd;
}
