/* SPDX-License-Identifier: MIT */
/* Several may want the process smaller: the least of what they want is the target. */
#include <arch/cpu.h>
#include <balloon/balloon.h>

#include "linux.h"

static unsigned long wishes[NR_LINUX_WISHES] = {
	[LINUX_WISH_CONTROL] = LINUX_NO_TARGET,
	[LINUX_WISH_PRESSURE] = LINUX_NO_TARGET,
};

void linux_wish(enum linux_wish who, unsigned long frames)
{
	unsigned long flags = irq_save(), least = LINUX_NO_TARGET;

	wishes[who] = frames;
	for (unsigned int i = 0; i < NR_LINUX_WISHES; i++)
		least = MIN(least, wishes[i]);
	irq_restore(flags);
	if (least == LINUX_NO_TARGET)
		balloon_target_none();
	else
		balloon_target_set(least);
}
