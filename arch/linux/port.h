/* SPDX-License-Identifier: MIT */
/* The parts of this port as a program, not under unit tests. */
#ifndef ARCH_LINUX_PORT_H
#define ARCH_LINUX_PORT_H

#include <arch/boot.h>
#include <asm/process.h>

/*
 * Parse the program's arguments into `options` and the kernel's command line.
 * Return: false if the program is to end with *status; its message is printed.
 */
bool linux_options_parse(int argc, char **argv, struct linux_options *options,
			 char cmdline[BOOT_CMDLINE_MAX], int *status);

/* Set up the machine of these options. Page tables are Linux's and cost no frames. */
void linux_boot_process(const struct linux_options *options);

/* Set up the signals of interrupts, of the end and of faults, on a stack of their own. */
void linux_interrupts_init(void);
void linux_ends_init(void);
void linux_faults_init(void);

/* Set the stack of signals. */
void linux_signal_stack_init(void);

/* Call the function of linux_at_end(), flush output, restore the terminal. Context: any. */
void linux_end(void);

/*
 * Open closed standard input, output and error on /dev/null, so that no other file takes their
 * place. Return: false, with one message, if that failed. Context: first of all.
 */
bool console_files_init(void);

/* Restore the terminal, unless the process is in the background. */
void console_restore(void);

/* Take the terminal again after a stop of the process, if it had it. Context: any. */
void console_go_on(void);

/* Find the kind of standard output. Context: after console_files_init(). */
void linux_output_init(void);

/* The processor's registers at a signal. */
struct linux_registers {
	uintptr_t ip, fp;
	bool write, execute; /* of a page fault */
};

/* Read the registers from a ucontext_t. */
void linux_registers_get(const void *context, struct linux_registers *registers);

/* Resume the context at `ip`, as if it were called there. */
void linux_registers_resume(void *context, uintptr_t ip);

/* Print the callers of `ip`, whose frame is `fp`, with names. */
void linux_backtrace(uintptr_t ip, uintptr_t fp);

#endif
