/* SPDX-License-Identifier: MIT */
/*
 * Standard output as the console's device. It may be shared with other processes: it is never made
 * non-blocking, and never written to where that would wait.
 */
#define _GNU_SOURCE
#include <asm/process.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arch/common/console/device.h"
#include "interrupt.h"
#include "port.h"

#define AGAIN_NS 10000000 /* until the next attempt at output that waits */

static int output = STDOUT_FILENO;
static bool is_socket;
static size_t fits = SIZE_MAX; /* bytes that do not wait once poll() finds room; SIZE_MAX: never */

static timer_t alarm_timer;
static bool has_timer;

/*
 * A pipe or terminal opened once more does not block here, whatever it does for others (proc(5)).
 * Where that is refused, as for a terminal of another user, poll() says whether there is room: of a
 * pipe for PIPE_BUF bytes (pipe(7)), else for one.
 */
void linux_output_init(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = LINUX_IRQ_SIGNAL};
	struct stat found;
	int own;

	has_timer = !timer_create(CLOCK_MONOTONIC, &event, &alarm_timer);
	if (fstat(STDOUT_FILENO, &found) || S_ISREG(found.st_mode) || S_ISBLK(found.st_mode))
		return;
	is_socket = S_ISSOCK(found.st_mode);
	if (is_socket)
		return;
	own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own >= 0)
		output = own;
	else
		fits = S_ISFIFO(found.st_mode) ? PIPE_BUF : 1;
}

static bool has_room(void)
{
	struct pollfd out = {.fd = output, .events = POLLOUT};

	linux_count_call();
	return poll(&out, 1, 0) > 0;
}

/* A full disk or quota may have room again. */
static bool may_succeed_later(int err)
{
	return err == EAGAIN || err == EINTR || err == ENOBUFS || err == ENOSPC || err == EDQUOT;
}

/* What cannot be written at all is dropped. */
size_t console_device_write(const char *text, size_t n)
{
	ssize_t took;

	if (fits != SIZE_MAX && !has_room())
		return 0;
	linux_count_call();
	if (is_socket)
		took = send(output, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		took = write(output, text, MIN(n, fits));
	if (took >= 0)
		return (size_t)took;
	return may_succeed_later(errno) ? 0 : n;
}

/* By a timer: no signal reports room. */
void console_device_watch(bool on)
{
	const struct itimerspec once = {.it_value = {.tv_nsec = AGAIN_NS}};

	if (!on || !has_timer)
		return;
	linux_count_call();
	timer_settime(alarm_timer, 0, &once, NULL);
}
