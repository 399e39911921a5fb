// SPDX-License-Identifier: MIT
/* Standard output and input as the console. */
#include <poll.h>
#include <unistd.h>
#include <arch/console.h>
#include <asm/host.h>
#include <kernel/errno.h>

void console_early_write(const char *text, size_t n)
{
	while (n) {
		ssize_t written = write(STDOUT_FILENO, text, n);

		host_count_call();
		if (written <= 0)
			return;
		text += written;
		n -= (size_t)written;
	}
}

int console_early_read(char *text, size_t max)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	ssize_t n;

	host_count_call();
	if (!max || poll(&in, 1, 0) <= 0)
		return 0;
	host_count_call();
	n = read(STDIN_FILENO, text, MIN(max, (size_t)INT32_MAX));
	return n > 0 ? (int)n : -ENODEV;
}
