/* SPDX-License-Identifier: MIT */
/* Standard output and input as the console; a terminal is ours alone while somebody reads it. */
#include <arch/console.h>
#include <asm/host.h>
#include <asm/process.h>
#include <errno.h>
#include <fcntl.h>
#include <kernel/errno.h>
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "port.h"

static struct termios found; /* how the terminal was, if it is ours */
static bool is_ours;

bool console_files_init(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) {
			fprintf(stderr, "aerostat: no /dev/null for descriptor %d\n", fd);
			return false;
		}
	}
	return true;
}

/* A file that may not block (others can have made it so) is waited for all the same. */
static bool has_room_again(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (errno == EAGAIN) {
		host_count_call();
		poll(&out, 1, -1);
		return true;
	}
	return errno == EINTR;
}

void console_early_write(const char *text, size_t n)
{
	while (n) {
		ssize_t written = write(STDOUT_FILENO, text, n);

		host_count_call();
		if (written > 0) {
			text += written;
			n -= (size_t)written;
		} else if (!written || !has_room_again()) {
			return;
		}
	}
}

/* The kernel echoes and edits lines by itself; ^C still ends the process. */
static void take_terminal(void)
{
	struct termios raw;

	if (is_ours || tcgetattr(STDIN_FILENO, &found))
		return;
	raw = found;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_iflag &= ~(tcflag_t)ICRNL;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	is_ours = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

/* In the background that would stop us, and be wrong: who is in front has it as he wants it. */
void console_restore(void)
{
	pid_t front = is_ours ? tcgetpgrp(STDIN_FILENO) : -1;

	if (is_ours && (front < 0 || front == getpgrp()))
		tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
	is_ours = false;
}

int console_early_read(char *text, size_t max)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	ssize_t n;

	take_terminal();
	host_count_call();
	if (!max || poll(&in, 1, 0) <= 0) {
		host_wake_by(STDIN_FILENO, POLLIN);
		return 0;
	}
	host_count_call();
	n = read(STDIN_FILENO, text, MIN(max, (size_t)INT32_MAX));
	return n > 0 ? (int)n : -ENODEV;
}
