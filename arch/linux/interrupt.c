/* SPDX-License-Identifier: MIT */
/* Signals as interrupts: descriptors that become ready, and requests to end. */
#define _GNU_SOURCE
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/linux.h>
#include <errno.h>
#include <fcntl.h>
#include <lib/bug.h>
#include <signal.h>
#include <unistd.h>

#include "interrupt.h"
#include "port.h"

#define SIGNAL_STACK_BYTES (256U * 1024)

/* A thread's stack is too small for the frame of a signal and all that it may call. */
void linux_signal_stack_init(void)
{
	static char stack[SIGNAL_STACK_BYTES] __aligned(16);
	const stack_t on = {.ss_sp = stack, .ss_size = sizeof(stack)};

	if (sigaltstack(&on, NULL))
		panic("linux: cannot set a stack for signals");
}

/* More signals are held off by Linux while it runs, and come right after. */
static void take_interrupt(int signal)
{
	int saved = errno;

	(void)signal;
	if (READ_ONCE(linux_irqs_off)) {
		WRITE_ONCE(linux_irq_pending, true);
		return;
	}
	irq_save();
	linux_set_interrupt(true);
	upcall_interrupt();
	linux_set_interrupt(false);
	WRITE_ONCE(linux_irqs_off, false);
	errno = saved;
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESTART};

	sigaction(number, &action, NULL);
}

/* Stops as the signal would have stopped it, with the terminal given back meanwhile. */
static void stop_by_signal(int number)
{
	int saved = errno;
	sigset_t one, before;

	console_restore();
	signal(number, SIG_DFL);
	raise(number);
	sigemptyset(&one);
	sigaddset(&one, number);
	sigprocmask(SIG_UNBLOCK, &one, &before); /* it stops here */
	sigprocmask(SIG_SETMASK, &before, NULL);
	handle(number, stop_by_signal);
	raise(LINUX_IRQ_SIGNAL); /* the thread that reads the console takes the terminal again */
	errno = saved;
}

/* It may have been stopped by SIGSTOP, which cannot be handled. */
static void go_on(int number)
{
	int saved = errno;

	(void)number;
	console_go_on();
	errno = saved;
}

/* What was ignored when the process was started (nohup) stays so. */
static void handle_unless_ignored(int number, void (*handler)(int))
{
	struct sigaction found;

	if (!sigaction(number, NULL, &found) && found.sa_handler != SIG_IGN)
		handle(number, handler);
}

/* Writing where nobody reads, or what is too large, fails and does not kill. */
void linux_interrupts_init(void)
{
	sigset_t none;

	handle(LINUX_IRQ_SIGNAL, take_interrupt);
	linux_ends_init();
	handle_unless_ignored(SIGTSTP, stop_by_signal);
	handle_unless_ignored(SIGCONT, go_on);
	handle(SIGPIPE, SIG_IGN);
	handle(SIGXFSZ, SIG_IGN);
	/* What our parent held off would be held off here: we would wait for it for ever. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int linux_interrupt_by(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	linux_count_call();
	if (flags < 0 || fcntl(fd, F_SETOWN, getpid()) ||
	    fcntl(fd, F_SETFL, flags | O_ASYNC | O_NONBLOCK))
		return -EOPNOTSUPP;
	return 0;
}
