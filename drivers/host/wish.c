/* SPDX-License-Identifier: MIT */
/* Several may want the process smaller: the least of what they want is the target. */
#include <arch/cpu.h>
#include <balloon/balloon.h>

#include "host.h"

static unsigned long wishes[NR_HOST_WISHES] = {
	[HOST_WISH_CONTROL] = HOST_NO_TARGET,
	[HOST_WISH_PRESSURE] = HOST_NO_TARGET,
};

void host_wish(enum host_wish who, unsigned long frames)
{
	unsigned long flags = irq_save(), least = HOST_NO_TARGET;

	wishes[who] = frames;
	for (unsigned int i = 0; i < NR_HOST_WISHES; i++)
		least = MIN(least, wishes[i]);
	irq_restore(flags);
	if (least == HOST_NO_TARGET)
		balloon_target_none();
	else
		balloon_target_set(least);
}
