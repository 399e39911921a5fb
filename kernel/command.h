/* SPDX-License-Identifier: MIT */
/* A command of the shell, and in which file each is. */
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

/* What an option leaves out is not there. */
extern const struct command command_mem, command_layout;   /* kernel/cmd_mem.c */
extern const struct command command_grow, command_resize;  /* kernel/cmd_resize.c */
extern const struct command command_alloc, command_free;   /* kernel/cmd_alloc.c */
extern const struct command command_stress, command_trace; /* kernel/cmd_<name>.c */

/*
 * kernel/command.c: a size in whole frames, rounded up, between one and all there can ever be; else
 * -EINVAL, and one line is said that begins with the command's name.
 */
int command_frames(const char *name, const char *text, unsigned long *frames);

#endif
