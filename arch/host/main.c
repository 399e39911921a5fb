/* SPDX-License-Identifier: MIT */
/* The program: its arguments make a machine, and the kernel starts on it. */
#include <arch/cpu.h>
#include <arch/upcalls.h>
#include <asm/host.h>

#include "port.h"

struct host_options host_options;

int main(int argc, char **argv)
{
	static char cmdline[BOOT_CMDLINE_MAX];
	int status;

	if (!host_options_parse(argc, argv, &host_options, cmdline, &status))
		return status;
	host_boot_process(&host_options);
	for (unsigned int i = 0; i < sizeof(cmdline); i++)
		boot_info.cmdline[i] = cmdline[i];
	irq_disable();
	host_signal_stack_init();
	host_faults_init();
	host_interrupts_init();
	upcall_start();
}
