/* SPDX-License-Identifier: MIT */
/* A command of the shell, and where each is defined. */
#ifndef KERNEL_COMMAND_H
#define KERNEL_COMMAND_H

#include <lib/types.h>

struct command {
	const char *name;
	const char *usage; /* what follows the name */
	const char *text;
	int min_args, max_args;		   /* words after the name */
	int (*run)(int argc, char **argv); /* argv[0] is the name; 0 or -Exxx, with one line said */
};

/* kernel/cmd_mem.c */
int command_mem(int argc, char **argv);
int command_layout(int argc, char **argv);

/* kernel/cmd_resize.c */
int command_grow(int argc, char **argv);
int command_resize(int argc, char **argv);

/* kernel/cmd_alloc.c */
int command_alloc(int argc, char **argv);
int command_free(int argc, char **argv);

/* kernel/cmd_stress.c */
int command_stress(int argc, char **argv);

/* kernel/cmd_trace.c */
int command_trace(int argc, char **argv);

/* kernel/shell.c */
int command_help(int argc, char **argv);
int command_sleep(int argc, char **argv);
int command_quit(int argc, char **argv);

/*
 * A size in whole frames, rounded up, between one and all there can ever be; else -EINVAL, and one
 * line is said that begins with the command's name.
 */
int command_frames(const char *name, const char *text, unsigned long *frames);

#endif
