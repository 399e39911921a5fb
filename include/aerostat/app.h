/* SPDX-License-Identifier: MIT */
/*
 * What an application sees. It is linked with the kernel (make APP=dir) and defines app_main, which
 * runs in a thread of its own once the kernel is up, before the shell.
 */
#ifndef AEROSTAT_APP_H
#define AEROSTAT_APP_H

#include <arch/cpu.h>
#include <balloon/balloon.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/malloc.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <mm/reclaim.h>
#include <sched/thread.h>

/* Words of the kernel command line that are not the kernel's own; argv[argc] is NULL. */
int app_main(int argc, char **argv);

#endif
