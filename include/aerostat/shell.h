/* SPDX-License-Identifier: MIT */
/* The shell: commands by line, from the command line (run="…") and from the console. */
#ifndef AEROSTAT_SHELL_H
#define AEROSTAT_SHELL_H

/* Runs "alloc 200M; mem; quit". 0, or the first error; what fails says why in one line. Threads. */
int shell_run(char *commands);

/* Reads lines from the console until it ends (or there is none) and runs them. */
void shell_loop(void);

#endif
