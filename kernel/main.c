/* SPDX-License-Identifier: MIT */
/* The start and the end of the kernel, in one place. */
#include <aerostat/app.h>
#include <aerostat/cmdline.h>
#include <aerostat/shell.h>
#include <aerostat/version.h>
#include <arch/boot.h>
#include <arch/console.h>
#include <arch/upcalls.h>
#include <balloon/balloon.h>
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

/* The commands of run=. Return: 0, or the first error. */
static int run_commands(void)
{
	const char *run = cmdline_get("run");

	if (IS_ENABLED(CONFIG_SHELL))
		return run ? shell_run(run) : 0;
	if (run || cmdline_get("shell"))
		printk("start: %s ignored (kernel built without a shell)\n",
		       run ? "run=" : "shell");
	return 0;
}

/* Shell commands, the application, a shell to talk to; then the end. */
static void main_thread(void *arg)
{
	int run_error, status, argc;
	char **argv;

	(void)arg;
	run_error = run_commands();
	argc = cmdline_app_args(&argv);
	status = app_main(argc, argv);
	if (status == 0 && run_error)
		status = 1;
	if (IS_ENABLED(CONFIG_SHELL) && cmdline_get("shell"))
		shell_loop();
	machine_exit(machine_status(status));
}

/* Frames of a size on the command line, rounded up; 0: not given, or of no use. */
static unsigned long frames_of(const char *word)
{
	const char *value = cmdline_get(word);
	struct mm_stats mem;
	uint64_t bytes = 0, frames;

	if (!value || !parse_size(value, &bytes))
		return 0;
	if (!IS_ENABLED(CONFIG_BALLOON)) {
		printk("start: %s=%s ignored (kernel built without a balloon)\n", word, value);
		return 0;
	}
	mm_stats_get(&mem);
	frames = ((bytes - 1) >> PAGE_SHIFT) + 1;
	if (frames > mem.max)
		printk("start: %s=%s above the maximum of this guest: using %lu frames\n", word,
		       value, mem.max);
	return (unsigned long)MIN(frames, (uint64_t)mem.max);
}

/* The drivers, with the devices that the command line names. */
static void start_drivers(void)
{
	const struct parsed_window *window;
	unsigned int nr = cmdline_windows(&window);

	if (nr && drivers_name_windows(window, nr))
		printk("start: virtio_mmio.device= ignored (no virtio-mmio driver here)\n");
	if (drivers_init() < 0)
		printk("start: a driver failed to start: continuing without it\n");
}

/* The host's word counts, if it has one; else the command line's. */
static void start_balloon(void)
{
	unsigned long target = frames_of("target");
	struct balloon_stats stats;

	balloon_stats_get(&stats);
	balloon_floor_set(frames_of("floor"));
	if (target && stats.target == BALLOON_NO_TARGET)
		balloon_target_set(target + (unsigned long)stats.offset);
	if (balloon_start() == -ENOMEM)
		printk("start: out of memory for the balloon thread: targets are not followed\n");
}

/*
 * The order of start:
 *   1 console        the port's own: from here on, everybody can speak
 *   2 command line   before all that it can say something about
 *   3 layout         for people; constant since the image was linked
 *   4 memory         everything that follows allocates
 *   5 drivers        events, consoles, the balloon's backend: from here on, memory grows
 *   6 balloon        the thread that follows the host's target; it waits for its first turn
 *   7 threads        interrupts are taken from here on; this stack is left for ever
 */
void upcall_start(void)
{
	static char builtin[] = CONFIG_CMDLINE;

	printk_set_sink(console_early_write);
	say_hello();
	cmdline_parse(builtin, boot_info.cmdline);
	if (!cmdline_get("quiet"))
		region_print();
	if (mm_init(&boot_info) < 0)
		machine_exit(1); /* it said why */
	heap_init();
	start_drivers();
	start_balloon();
	if (!thread_start("main", main_thread, NULL)) {
		printk("start: out of memory for the main thread\n");
		machine_exit(1);
	}
	thread_exit();
}
