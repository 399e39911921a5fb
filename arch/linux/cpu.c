/* SPDX-License-Identifier: MIT */
/* The processor: interrupts held off and let in again, the clock, waiting. */
#define _GNU_SOURCE
#include <arch/cpu.h>
#include <asm/linux.h>
#include <asm/process.h>
#include <lib/bug.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "interrupt.h"

#define NS_PER_S    1000000000ULL
#define WATCHED_MAX 4U

bool linux_irqs_off;
bool linux_irq_pending;

static bool in_irq;
static bool clock_stopped;
static uint64_t clock_start; /* of CLOCK_MONOTONIC; or where the clock stands */
static uint64_t deadline;    /* UINT64_MAX: none */
static uint64_t nr_calls;

/* Descriptors that end the next wait. */
static struct pollfd watched[WATCHED_MAX];
static unsigned int nr_watched;

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void linux_cpu_reset(void)
{
	linux_irqs_off = false;
	linux_irq_pending = false;
	in_irq = false;
	clock_stopped = false;
	clock_start = monotonic_ns();
	deadline = UINT64_MAX;
	nr_calls = 0;
	nr_watched = 0;
}

bool in_interrupt(void)
{
	return in_irq;
}

void linux_set_interrupt(bool on)
{
	in_irq = on;
}

void irq_enable(void)
{
	irq_restore(0);
}

void irq_disable(void)
{
	irq_save();
}

/* As a signal once more, so that interrupts are taken in one place and on one stack. */
void linux_irq_deliver(void)
{
	WRITE_ONCE(linux_irq_pending, false);
	linux_count_call();
	raise(LINUX_IRQ_SIGNAL);
}

uint64_t clock_ns(void)
{
	return clock_stopped ? clock_start : monotonic_ns() - clock_start;
}

void linux_stop_clock(uint64_t ns)
{
	clock_stopped = true;
	clock_start = ns;
}

void timer_arm(uint64_t deadline_ns)
{
	deadline = deadline_ns;
}

void linux_wake_by(int fd, short events)
{
	unsigned int i = 0;

	while (i < nr_watched && watched[i].fd != fd)
		i++;
	assert(i < WATCHED_MAX);
	watched[i] = (struct pollfd){.fd = fd, .events = events};
	nr_watched = MAX(nr_watched, i + 1);
}

/* Until a signal, the deadline, or a watched descriptor; `mask` holds while it waits. */
static void wait_for_any(uint64_t now, const sigset_t *mask)
{
	struct timespec left = {
		.tv_sec = (time_t)((deadline - now) / NS_PER_S),
		.tv_nsec = (long)((deadline - now) % NS_PER_S),
	};

	linux_count_call();
	if (ppoll(watched, nr_watched, deadline == UINT64_MAX ? NULL : &left, mask) > 0) {
		nr_watched = 0;
		linux_irq_pending = true;
	}
}

/* A signal that comes between the look at what is pending and the wait is blocked until then. */
static void wait_unless_pending(uint64_t now)
{
	sigset_t interrupts, before;

	sigemptyset(&interrupts);
	sigaddset(&interrupts, LINUX_IRQ_SIGNAL);
	sigprocmask(SIG_BLOCK, &interrupts, &before);
	linux_count_call();
	if (!READ_ONCE(linux_irq_pending))
		wait_for_any(now, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	linux_count_call();
}

void cpu_wait(void)
{
	uint64_t now = clock_ns();

	if (deadline > now) {
		if (clock_stopped && deadline != UINT64_MAX)
			clock_start = deadline;
		else
			wait_unless_pending(now);
	}
	if (deadline <= clock_ns())
		deadline = UINT64_MAX;
	irq_enable();
	irq_disable();
}

void linux_count_call(void)
{
	nr_calls++;
}

uint64_t host_calls(void)
{
	return nr_calls;
}
