/* SPDX-License-Identifier: MIT */
/*
 * Follows the machine: a thread looks once a second at the pressure files of the process's cgroup
 * (v2), or else of the machine, and policy makes a target of it. What is not there is done without.
 */
#define _GNU_SOURCE
#include <arch/cpu.h>
#include <asm/process.h>
#include <fcntl.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <sched/thread.h>
#include <unistd.h>

#include "linux.h"
#include "pressure_policy.h"

#define TEXT_MAX  512
#define PATH_SIZE 512

/* Descriptors that are read again and again; -1: not there. */
static struct {
	int stalls, high, max, current;
} files;

/* Reads a file from its start; false: it is not there, or empty. */
static bool read_text(int fd, char text[TEXT_MAX])
{
	ssize_t n;

	if (fd < 0)
		return false;
	linux_count_call();
	n = pread(fd, text, TEXT_MAX - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static int open_in(const char *folder, const char *file)
{
	char path[PATH_SIZE];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, file);

	return n < (int)sizeof(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

/* The line "0::/path" of /proc/self/cgroup is the process's place in the one hierarchy of v2. */
static const char *find_cgroup(char text[TEXT_MAX])
{
	int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	bool is_there = read_text(fd, text);

	if (fd >= 0)
		close(fd);
	for (char *line = is_there ? text : NULL; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "0::", 3) != 0)
			continue;
		text = strchr(line, '\n');
		if (text)
			*text = '\0';
		return line + 3;
	}
	return NULL;
}

static void open_files(void)
{
	char text[TEXT_MAX], folder[PATH_SIZE];
	const char *cgroup = find_cgroup(text);

	snprintf(folder, sizeof(folder), "/sys/fs/cgroup%s", cgroup ? cgroup : "");
	files.high = open_in(folder, "memory.high");
	files.max = open_in(folder, "memory.max");
	files.current = open_in(folder, "memory.current");
	files.stalls = open_in(folder, "memory.pressure");
	if (files.stalls < 0)
		files.stalls = open_in("/proc/pressure", "memory");
}

/* What such a file says, in bytes; UINT64_MAX: nothing, or that there is no bound. */
static uint64_t read_bound(int fd)
{
	char text[TEXT_MAX];
	uint64_t bound;

	return read_text(fd, text) && pressure_parse_bytes(text, &bound) && bound ? bound
										  : UINT64_MAX;
}

/* The lower one: Linux slows a cgroup down at memory.high, and kills at memory.max. 0: none. */
static uint64_t read_limit(void)
{
	uint64_t limit = MIN(read_bound(files.high), read_bound(files.max));

	return limit == UINT64_MAX ? 0 : limit;
}

static void look(struct pressure_sample *sample)
{
	char text[TEXT_MAX];
	struct mm_stats mem;

	mm_stats_get(&mem);
	*sample = (struct pressure_sample){.now_ns = clock_ns(), .present = mem.present};
	sample->has_stalls =
		read_text(files.stalls, text) && pressure_parse_stalls(text, &sample->stalled_us);
	if (read_text(files.current, text) && pressure_parse_bytes(text, &sample->current))
		sample->limit = read_limit();
}

static void pressure(void *arg)
{
	struct pressure_state state = {0};
	unsigned long wish = PRESSURE_NO_TARGET;

	(void)arg;
	for (;;) {
		struct pressure_sample sample;
		unsigned long next;

		look(&sample);
		next = pressure_next(&state, &sample);
		if (next != wish)
			linux_wish(LINUX_WISH_PRESSURE, next);
		wish = next;
		thread_sleep_ns(PRESSURE_PERIOD);
	}
}

int linux_pressure_init(void)
{
	open_files();
	if (files.stalls < 0 && files.current < 0)
		return 0;
	if (thread_start("pressure", pressure, NULL))
		return 0;
	printk("pressure: out of memory for a thread: memory pressure is not followed\n");
	return -ENOMEM;
}
