/* SPDX-License-Identifier: MIT */
/* The process: its options, and functions for its drivers. */
#ifndef ASM_PROCESS_H
#define ASM_PROCESS_H

#include <lib/addr.h>

struct linux_options {
	unsigned long memory, max; /* frames: at start, and at most */
	unsigned long floor;	   /* frames; 0: none */
	const char *control;	   /* path of the control socket, or NULL */
	bool pressure;		   /* follow the machine's memory pressure */
};

/* The options of the process; constant. */
extern struct linux_options linux_options;

/*
 * Release frames that are mapped nowhere to Linux, at once, and record the time.
 * Return: -EIO if Linux refused; all of them are kept, contents undefined.
 * Context: thread.
 */
int linux_release(pfn_t first, unsigned long nr_frames) __must_check;

/* Interrupt when a descriptor becomes ready. Return: -EOPNOTSUPP if it cannot. */
int linux_interrupt_by(int fd) __must_check;

/* Count an entry into Linux, for host_calls(). Context: any. */
void linux_count_call(void);

/* End the next cpu_wait(), with an interrupt, when the descriptor has such events (poll). */
void linux_wake_by(int fd, short events);

/* Set the function that is called once at any end of the machine but SIGKILL. One caller. */
void linux_at_end(void (*fn)(void));

#endif
