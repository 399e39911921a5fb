/* SPDX-License-Identifier: MIT */
/* What the kernel floor calls of the drivers as a whole. */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include <kernel/types.h>

/* Finds and starts what this platform has. Once, after mm_init. Negative: said in one line. */
int drivers_init(void) __must_check;

/* From upcall_interrupt(): lets every driver look at what came in. Interrupts off. */
void drivers_interrupt(void);

/* Does each thing that is typed interrupt? Else who waits for it has to look now and then. */
bool drivers_input_interrupts(void);

#endif
