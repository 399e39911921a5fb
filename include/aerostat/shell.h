/* SPDX-License-Identifier: MIT */
/* The shell: commands from the command line (run="…") and from the console. Context: thread. */
#ifndef AEROSTAT_SHELL_H
#define AEROSTAT_SHELL_H

#include <lib/types.h>

#define SHELL_LINE_MAX 1024 /* bytes of one command, with its NUL */

/*
 * Run all commands of a text, separated by ';' or newlines: "alloc 200M; mem; quit". A command that
 * fails prints one message.
 * Return: 0, or the first error.
 */
int shell_run(const char *commands);

/* Read lines from the console and run them, until its end. Logs a console without input. */
void shell_loop(void);

/*
 * Read one line from the console, with echo and simple editing, without its end.
 * Return: -E2BIG if it is too long for `size` (it is dropped whole); -ENOENT if ended by ^D;
 * -ENODEV if this console has no input.
 */
int console_read_line(char *line, size_t size);

/* Test whether the console has input. */
bool console_can_read(void);

#endif
