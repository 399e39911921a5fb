/* SPDX-License-Identifier: MIT */
/*
 * What comes in from the port. An interrupt lets the drivers look, hands the console what waits for
 * room in it, and wakes the threads that wait for one; the threads look at the clock when they take
 * turns, so the timer's interrupt needs nothing more.
 */
#include <arch/console.h>
#include <arch/upcalls.h>
#include <drivers/drivers.h>

#include "interrupt.h"

struct wait_queue interrupt_queue;

void upcall_interrupt(void)
{
	drivers_interrupt();
	console_flush();
	thread_wake(&interrupt_queue);
}
