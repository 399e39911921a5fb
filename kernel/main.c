/* SPDX-License-Identifier: MIT */
/* The start and the end of the kernel, in one place. */
#include <aerostat/app.h>
#include <aerostat/cmdline.h>
#include <aerostat/shell.h>
#include <aerostat/version.h>
#include <arch/boot.h>
#include <arch/console.h>
#include <arch/upcalls.h>
#include <drivers/drivers.h>
#include <mm/region.h>

/* What the world outside is told: statuses are 0 (success) to 127; anything else is a failure. */
static int machine_status(int status)
{
	return status >= 0 && status <= 127 ? status : 1;
}

static void say_hello(void)
{
	printk("Aerostat " AEROSTAT_VERSION " on %s\n",
	       boot_info.platform ? boot_info.platform : "?");
}

/* Shell commands, the application, a shell to talk to; then the end. */
static void main_thread(void *arg)
{
	const char *run = cmdline_get("run");
	int run_error = 0, status, argc;
	char **argv;

	(void)arg;
	if (run)
		run_error = shell_run(run);
	argc = cmdline_app_args(&argv);
	status = app_main(argc, argv);
	if (status == 0 && run_error)
		status = 1;
	if (cmdline_get("shell"))
		shell_loop();
	machine_exit(machine_status(status));
}

/*
 * The order of start:
 *   1 console        the port's own: from here on, everybody can speak
 *   2 command line   before all that it can say something about
 *   3 layout         for people; constant since the image was linked
 *   4 memory         everything that follows allocates
 *   5 drivers        events, consoles, the balloon's backend: from here on, memory grows
 *   6 threads        interrupts are taken from here on; this stack is left for ever
 */
void upcall_start(void)
{
	printk_set_sink(console_early_write);
	say_hello();
	cmdline_parse(boot_info.cmdline);
	if (!cmdline_get("quiet"))
		region_print();
	if (mm_init(&boot_info) < 0)
		machine_exit(1); /* it said why */
	if (drivers_init() < 0)
		printk("start: going on without the driver that failed\n");
	if (!thread_start("main", main_thread, NULL)) {
		printk("start: no memory for the first thread\n");
		machine_exit(1);
	}
	thread_exit();
}
