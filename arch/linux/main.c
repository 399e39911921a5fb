/* SPDX-License-Identifier: MIT */
/* The program: its arguments make a machine, and the kernel starts on it. */
#include <arch/console.h>
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/linux.h>
#include <lib/printk.h>

#include "port.h"

#define NO_FILES 2

struct linux_options linux_options;

int main(int argc, char **argv)
{
	static char cmdline[BOOT_CMDLINE_MAX];
	int status;

	if (!console_files_init())
		return NO_FILES;
	linux_output_init();
	if (!linux_options_parse(argc, argv, &linux_options, cmdline, &status))
		return status;
	printk_set_sink(console_early_write); /* what Linux refuses is said */
	linux_signal_stack_init();
	linux_faults_init();
	linux_interrupts_init();
	linux_boot_process(&linux_options);
	for (unsigned int i = 0; i < sizeof(cmdline); i++)
		boot_info.cmdline[i] = cmdline[i];
	irq_disable();
	upcall_start();
}
