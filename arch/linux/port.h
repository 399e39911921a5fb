/* SPDX-License-Identifier: MIT */
/* What the parts of this port share when it is a kernel of its own, and not under unit tests. */
#ifndef ARCH_LINUX_PORT_H
#define ARCH_LINUX_PORT_H

#include <arch/boot.h>
#include <asm/process.h>

/*
 * Reads the program's arguments into `options` and the kernel's command line. False: the program is
 * to end with *status; whatever there is to say was said.
 */
bool linux_options_parse(int argc, char **argv, struct linux_options *options,
			 char cmdline[BOOT_CMDLINE_MAX], int *status);

/* The machine of these options; nothing is spent on page tables, which are Linux's. */
void linux_boot_process(const struct linux_options *options);

/* Signals that interrupt, that end, and those of faults, on a stack of their own. */
void linux_interrupts_init(void);
void linux_ends_init(void);
void linux_faults_init(void);

/* The stack on which signals are taken. */
void linux_signal_stack_init(void);

/* Runs what linux_at_end() was given, hands over what was printed, gives the terminal back. Any
 * context. */
void linux_end(void);

/*
 * Has standard input, output and error be files, if not those of the console, so that nothing else
 * is opened in their place. False: that cannot be, one line said. First of all.
 */
bool console_files_init(void);

/* Puts the terminal back as it was, unless the process is in the background. */
void console_restore(void);

/* Takes the terminal again after the process was stopped, if it had it. Any context. */
void console_go_on(void);

/* Finds out what standard output is. After console_files_init(). */
void linux_output_init(void);

/* The processor where a signal met it; `context` is the ucontext_t. */
struct linux_registers {
	uintptr_t ip, fp;
	bool write, execute; /* of a page fault */
};

void linux_registers_get(const void *context, struct linux_registers *registers);

/* Lets it go on at `ip`, as if that had been called there. */
void linux_registers_resume(void *context, uintptr_t ip);

/* Callers of `ip`, whose frame is `fp`, with names. */
void linux_backtrace(uintptr_t ip, uintptr_t fp);

#endif
