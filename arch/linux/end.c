/* SPDX-License-Identifier: MIT */
/* The end of the process, with everything outside it left as it was found. */
#define _GNU_SOURCE
#include <arch/console.h>
#include <arch/cpu.h>
#include <lib/types.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interrupt.h"
#include "port.h"

#define SIGNALS_END 65 /* one more than the last */

/*
 * As Linux has it (uapi asm/signal.h): the C library keeps 32 and 33 to itself, and they end a
 * process like others. The handler never returns, so there is nothing to restore.
 */
#define RESTORER 0x04000000UL

struct action {
	void (*handler)(int number);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

static long set_action(int number, const struct action *action, struct action *found)
{
	return syscall(SYS_rt_sigaction, number, action, found, sizeof(action->mask));
}

static void (*at_end)(void);

void linux_at_end(void (*fn)(void))
{
	at_end = fn;
}

void linux_end(void)
{
	void (*fn)(void) = at_end;

	at_end = NULL;
	if (fn)
		fn();
	console_finish();
	console_restore();
}

void machine_exit(int status)
{
	linux_end();
	exit(status);
}

/* By a signal, so that a debugger or a core shows where. */
void machine_crash(void)
{
	linux_end();
	signal(SIGABRT, SIG_DFL);
	abort();
}

/* Ends as the signal would have ended it, with everything left as it was found. */
static void end_by_signal(int number)
{
	const struct action by_default = {.handler = SIG_DFL};
	const uint64_t none = 0;

	linux_end();
	set_action(number, &by_default, NULL);
	kill(getpid(), number);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none)); /* it ends here */
	_exit(128 + number);
}

/* Does it end a process that has no handler for it, and has this one none (signal(7))? */
static bool only_ends(int number)
{
	switch (number) {
	case SIGKILL: /* cannot be handled */
	case SIGSTOP:
	case SIGTSTP: /* stop or continue */
	case SIGTTIN:
	case SIGTTOU:
	case SIGCONT:
	case SIGCHLD: /* do nothing */
	case SIGURG:
	case SIGWINCH:
	case SIGPIPE: /* are ignored here */
	case SIGXFSZ:
	case SIGSEGV: /* are faults (fault.c) */
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
	case LINUX_IRQ_SIGNAL:
		return false;
	default:
		return true;
	}
}

/* What was ignored when the process was started (nohup) stays so. */
void linux_ends_init(void)
{
	const struct action action = {
		.handler = end_by_signal, .flags = SA_ONSTACK | RESTORER, .mask = UINT64_MAX};
	struct action found;

	for (int i = 1; i < SIGNALS_END; i++)
		if (only_ends(i) && !set_action(i, NULL, &found) && found.handler != SIG_IGN)
			set_action(i, &action, NULL);
}
