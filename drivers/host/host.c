/* SPDX-License-Identifier: MIT */
/* What a process has of devices, in the order in which one needs the other. */
#include <drivers/drivers.h>
#include <drivers/host.h>
#include <kernel/config.h>

int drivers_init(void)
{
	return IS_ENABLED(CONFIG_BALLOON) ? host_balloon_init() : 0;
}

void drivers_interrupt(void)
{
}
