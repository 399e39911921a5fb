/* SPDX-License-Identifier: MIT */
/* What a process has of devices, in the order in which one needs the other. */
#include <arch/cpu.h>
#include <asm/process.h>
#include <drivers/drivers.h>
#include <lib/config.h>
#include <lib/errno.h>

#include "linux.h"

#define CANNOT_LISTEN 2

int drivers_init(void)
{
	int err = IS_ENABLED(CONFIG_BALLOON) ? linux_balloon_init() : 0;

	/* Who starts a process with a socket counts on it. */
	if (IS_ENABLED(CONFIG_LINUX_CONTROL) && linux_options.control &&
	    linux_control_init(linux_options.control))
		machine_exit(CANNOT_LISTEN);
	if (IS_ENABLED(CONFIG_LINUX_PRESSURE) && !err && linux_options.pressure)
		err = linux_pressure_init();
	return err;
}

int drivers_name_windows(const struct parsed_window *window, unsigned int nr)
{
	(void)window;
	(void)nr;
	return -ENODEV;
}

void drivers_interrupt(void)
{
	if (IS_ENABLED(CONFIG_LINUX_CONTROL))
		linux_control_interrupt();
}

bool drivers_input_interrupts(void)
{
	return false;
}
