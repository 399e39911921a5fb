/* SPDX-License-Identifier: MIT */
/* Standard input as the console's; a terminal is taken while the shell reads it. */
#include <arch/console.h>
#include <asm/linux.h>
#include <asm/process.h>
#include <errno.h>
#include <fcntl.h>
#include <lib/errno.h>
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

static void make_raw(struct termios *mode)
{
	mode->c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	mode->c_iflag &= ~(tcflag_t)ICRNL;
	mode->c_cc[VMIN] = 1;
	mode->c_cc[VTIME] = 0;
}

static bool is_raw(const struct termios *mode)
{
	return !(mode->c_lflag & (ICANON | ECHO)) && !(mode->c_iflag & ICRNL);
}

/* The kernel echoes and edits lines by itself; ^C still ends the process. */
static void take_terminal(void)
{
	struct termios raw;

	if (is_ours || tcgetattr(STDIN_FILENO, &found))
		return;
	raw = found;
	make_raw(&raw);
	is_ours = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static bool is_in_front(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	linux_count_call();
	return front < 0 || front == getpgrp();
}

/* In the background that would stop the process, and undo the mode of the one in front. */
void console_restore(void)
{
	if (is_ours && is_in_front())
		tcsetattr(STDIN_FILENO, TCSANOW, &found);
	is_ours = false;
}

/* A mode that was set meanwhile is what will be restored. */
void console_go_on(void)
{
	struct termios now;

	is_ours = is_ours && is_in_front() && !tcgetattr(STDIN_FILENO, &now);
	if (!is_ours || is_raw(&now))
		return;
	found = now;
	make_raw(&now);
	tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

int console_early_read(char *text, size_t max)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	ssize_t n;

	/* In the background input belongs to another process, and either call would stop this one.
	 */
	if (!is_in_front())
		return 0;
	take_terminal();
	linux_count_call();
	if (!max || poll(&in, 1, 0) <= 0) {
		linux_wake_by(STDIN_FILENO, POLLIN);
		return 0;
	}
	linux_count_call();
	n = read(STDIN_FILENO, text, MIN(max, (size_t)INT32_MAX));
	return n > 0 ? (int)n : -ENODEV;
}
