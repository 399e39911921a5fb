/* SPDX-License-Identifier: MIT */
/* The end of the process, with everything outside it left as it was found. */
#include <arch/cpu.h>
#include <signal.h>
#include <stdlib.h>

#include "port.h"

static void (*at_end)(void);

void host_at_end(void (*fn)(void))
{
	at_end = fn;
}

void host_end(void)
{
	void (*fn)(void) = at_end;

	at_end = NULL;
	if (fn)
		fn();
	console_restore();
}

void machine_exit(int status)
{
	host_end();
	exit(status);
}

/* By a signal, so that a debugger or a core shows where. */
void machine_crash(void)
{
	host_end();
	signal(SIGABRT, SIG_DFL);
	abort();
}
