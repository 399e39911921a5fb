/* SPDX-License-Identifier: MIT */
/* The shell: commands by line, from the command line (run="…") and from the console. Threads. */
#ifndef AEROSTAT_SHELL_H
#define AEROSTAT_SHELL_H

#include <lib/types.h>

#define SHELL_LINE_MAX 1024 /* bytes of one command, with its NUL */

/*
 * Runs commands separated by ';' or newlines, all of them: "alloc 200M; mem; quit". 0, or the first
 * error; what fails says why in one line.
 */
int shell_run(const char *commands);

/* Reads lines from the console until it ends (or there is none, one line said) and runs them. */
void shell_loop(void);

/*
 * One line from the console, with echo and simple editing, without its end. -E2BIG: too long for
 * `size`, and swallowed whole; -ENOENT: ended by ^D; -ENODEV: this console cannot be read.
 */
int console_read_line(char *line, size_t size);

/* False: nothing can be typed here. */
bool console_can_read(void);

#endif
