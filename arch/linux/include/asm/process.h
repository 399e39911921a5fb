/* SPDX-License-Identifier: MIT */
/* The process that this port is: what it was told, and what its drivers ask of it. */
#ifndef ASM_PROCESS_H
#define ASM_PROCESS_H

#include <lib/addr.h>

struct linux_options {
	unsigned long memory, max; /* frames: at start, and at most */
	unsigned long floor;	   /* frames; 0: none was given */
	const char *control;	   /* path of the control socket, or NULL */
	bool pressure;		   /* follow the machine's memory pressure */
};

/* What the process was started with; constant. */
extern struct linux_options linux_options;

/*
 * Frames that are mapped nowhere any more are Linux's again, at once, and noted with the time.
 * -EIO: Linux refuses; all of them are still ours, contents undefined. Threads only.
 */
int linux_release(pfn_t first, unsigned long nr_frames) __must_check;

/* From now on it interrupts when this descriptor becomes ready. -EOPNOTSUPP: it cannot. */
int linux_interrupt_by(int fd) __must_check;

/* One more entry into Linux, for host_calls(). */
void linux_count_call(void);

/* The next cpu_wait() ends, with an interrupt, as soon as the descriptor has such events (poll). */
void linux_wake_by(int fd, short events);

/* Is called once when the machine ends, however it ends short of SIGKILL. One caller. */
void linux_at_end(void (*fn)(void));

#endif
