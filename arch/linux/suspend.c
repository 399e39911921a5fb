/* SPDX-License-Identifier: MIT */
/* A process is stopped and continued by others, and notices nothing. */
#include <arch/suspend.h>
#include <lib/errno.h>

int machine_suspend(bool *moved)
{
	*moved = false;
	return -EOPNOTSUPP;
}
