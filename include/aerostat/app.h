/* SPDX-License-Identifier: MIT */
/*
 * The interface for applications. An application is linked with the kernel (make APP=dir) and
 * defines app_main, which runs in a thread of its own after the kernel's start, before the shell.
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

/* Run the application with its words of the command line. argv[argc] is NULL. Context: thread. */
int app_main(int argc, char **argv);

#endif
