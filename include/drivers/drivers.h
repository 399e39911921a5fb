/* SPDX-License-Identifier: MIT */
/* What the kernel floor calls of the drivers as a whole. */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include <lib/parse.h>
#include <lib/types.h>

/*
 * Says where virtio-mmio devices are, beside those that the machine tells of. `window` stays the
 * drivers'. Before drivers_init(). -ENODEV: no driver here has a use for them.
 */
int drivers_name_windows(const struct parsed_window *window, unsigned int nr) __must_check;

/* Finds and starts what this platform has. Once, after mm_init. Negative: said in one line. */
int drivers_init(void) __must_check;

/* From upcall_interrupt(): lets every driver look at what came in. Interrupts off. */
void drivers_interrupt(void);

/* Does each thing that is typed interrupt? Else who waits for it has to look now and then. */
bool drivers_input_interrupts(void);

#endif
