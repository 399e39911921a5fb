// SPDX-License-Identifier: MIT
/* A processor without interrupts: flags that tests set and read, the clock, the end. */
#include <execinfo.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <arch/cpu.h>
#include <asm/host.h>

#define NS_PER_S 1000000000ULL

bool host_irqs_off;

static bool in_irq;
static bool clock_stopped;
static uint64_t clock_start; /* of CLOCK_MONOTONIC; or where the clock stands */
static uint64_t deadline;
static uint64_t nr_calls;

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void host_cpu_reset(void)
{
	host_irqs_off = false;
	in_irq = false;
	clock_stopped = false;
	clock_start = monotonic_ns();
	deadline = UINT64_MAX;
	nr_calls = 0;
}

bool in_interrupt(void)
{
	return in_irq;
}

void host_set_interrupt(bool on)
{
	in_irq = on;
}

void irq_enable(void)
{
	host_irqs_off = false;
}

void irq_disable(void)
{
	host_irqs_off = true;
}

uint64_t clock_ns(void)
{
	return clock_stopped ? clock_start : monotonic_ns() - clock_start;
}

void host_stop_clock(uint64_t ns)
{
	clock_stopped = true;
	clock_start = ns;
}

void timer_arm(uint64_t deadline_ns)
{
	deadline = deadline_ns;
}

/* Nothing comes in but the timer. */
void cpu_wait(void)
{
	uint64_t now = clock_ns();
	struct timespec left;

	if (deadline <= now)
		return;
	if (clock_stopped && deadline != UINT64_MAX) {
		clock_start = deadline;
		return;
	}
	left.tv_sec = (time_t)((deadline - now) / NS_PER_S);
	left.tv_nsec = (long)((deadline - now) % NS_PER_S);
	host_count_call();
	nanosleep(&left, NULL);
}

void host_count_call(void)
{
	nr_calls++;
}

uint64_t host_calls(void)
{
	return nr_calls;
}

void cpu_backtrace(void)
{
	void *caller[64];

	backtrace_symbols_fd(caller, backtrace(caller, ARRAY_SIZE(caller)), STDERR_FILENO);
}

void machine_exit(int status)
{
	exit(status);
}

void machine_crash(void)
{
	abort();
}
