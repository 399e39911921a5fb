/* SPDX-License-Identifier: MIT */
/* The shell: splits lines into commands and words, finds the command, says what is wrong with it.
 */
#include <aerostat/cmdline.h>
#include <aerostat/shell.h>
#include <arch/console.h>
#include <arch/cpu.h>
#include <lib/config.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>
#include <sched/thread.h>

#include "command.h"

#define WORDS_MAX   8
#define SHOWN_MAX   32
#define SLEEP_MAX_S (24UL * 60 * 60)
#define NS_PER_S    (1000UL * 1000 * 1000)
#define SLOW_NS	    10000000UL

/* The first error since the start: what `quit` ends with. */
static int first_error;

/* "5", "0.25": whole nanoseconds, at most a day. */
static bool parse_seconds(char *text, uint64_t *ns)
{
	char *dot = strchr(text, '.');
	unsigned long whole, scale = NS_PER_S;

	if (dot)
		*dot++ = '\0';
	if (!parse_number(text, SLEEP_MAX_S, &whole) || (dot && !*dot))
		return false;
	*ns = (uint64_t)whole * NS_PER_S;
	for (; dot && *dot; dot++) {
		if (*dot < '0' || *dot > '9')
			return false;
		scale /= 10;
		*ns += (uint64_t)(*dot - '0') * scale;
	}
	return true;
}

static int run_sleep(int argc, char **argv)
{
	uint64_t ns;

	(void)argc;
	if (!parse_seconds(argv[1], &ns)) {
		printk("sleep: expected SECONDS from 0 to %lu, such as 5 or 0.25\n", SLEEP_MAX_S);
		return -EINVAL;
	}
	thread_sleep_ns(ns);
	return 0;
}

static const struct command command_sleep = {
	.name = "sleep",
	.usage = "SECONDS",
	.text = "wait (0.5 is half a second)",
	.min_args = 1,
	.max_args = 1,
	.run = run_sleep,
};

static int run_quit(int argc, char **argv)
{
	unsigned long status = first_error ? 1 : 0;

	if (argc == 2 && !parse_number(argv[1], 127, &status)) {
		printk("quit: expected STATUS from 0 to 127\n");
		return -EINVAL;
	}
	machine_exit((int)status);
}

static const struct command command_quit = {
	.name = "quit",
	.usage = "[STATUS]",
	.text = "end the machine: 0 to 127; without, 1 if a command failed, else 0",
	.max_args = 1,
	.run = run_quit,
};

static const struct command command_help;

#define WITH(option, command) IS_ENABLED(option) ? &(command) : NULL

/* NULL: this kernel has it not. */
static const struct command *const table[] = {
	&command_help,
	WITH(CONFIG_SHELL_MEM, command_mem),
	WITH(CONFIG_SHELL_ALLOC, command_alloc),
	WITH(CONFIG_SHELL_ALLOC, command_free),
	WITH(CONFIG_SHELL_BALLOON, command_grow),
	WITH(CONFIG_SHELL_BALLOON, command_resize),
	WITH(CONFIG_SHELL_STRESS, command_stress),
	WITH(CONFIG_SHELL_TRACE, command_trace),
	WITH(CONFIG_SHELL_MEM, command_layout),
	&command_sleep,
	&command_quit,
};

static int run_help(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "cmdline") != 0) {
		printk("usage: help [cmdline]\n");
		return -EINVAL;
	}
	if (argc == 2) {
		cmdline_help();
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i])
			printk("  %-7s %-14s %s\n", table[i]->name, table[i]->usage,
			       table[i]->text);
	}
	return 0;
}

static const struct command command_help = {
	.name = "help",
	.usage = "[cmdline]",
	.text = "this list, or the words of the kernel command line",
	.max_args = 1,
	.run = run_help,
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i] && strcmp(table[i]->name, name) == 0)
			return table[i];
	}
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Splits in place; the number of words, WORDS_MAX + 1 if there are more. */
static int split_words(char *line, char *word[WORDS_MAX])
{
	int n = 0;

	for (;;) {
		while (is_blank(*line))
			*line++ = '\0';
		if (!*line)
			return n;
		if (n == WORDS_MAX)
			return n + 1;
		word[n++] = line;
		while (*line && !is_blank(*line))
			line++;
	}
}

static int run_command(char *line)
{
	char *word[WORDS_MAX], shown[SHOWN_MAX];
	int n = split_words(line, word);
	const struct command *command;

	if (n == 0)
		return 0;
	command = find_command(word[0]);
	if (!command) {
		printk("shell: '%s' is not a command (help lists them)\n",
		       text_printable(shown, sizeof(shown), word[0]));
		return -ENOENT;
	}
	if (n - 1 < command->min_args || n - 1 > command->max_args) {
		printk("usage: %s%s%s\n", command->name, *command->usage ? " " : "",
		       command->usage);
		return -EINVAL;
	}
	return command->run(n, word);
}

/* Runs the `len` bytes of one command. */
static int run_text(const char *text, size_t len)
{
	char line[SHELL_LINE_MAX];

	if (len >= sizeof(line)) {
		printk("shell: line too long (max %d)\n", SHELL_LINE_MAX - 1);
		return -E2BIG;
	}
	snprintf(line, sizeof(line), "%.*s", (int)len, text);
	/* A reader that is slow, and has not stopped, gets all that commands print. */
	while (console_is_slow())
		thread_sleep_ns(SLOW_NS);
	return run_command(line);
}

int shell_run(const char *commands)
{
	const char *at = commands;
	int first = 0;

	while (*at) {
		size_t len = 0;

		while (at[len] && at[len] != ';' && at[len] != '\n')
			len++;

		int err = run_text(at, len);

		first = first ? first : err;
		first_error = first_error ? first_error : err;
		at += len + (at[len] != '\0');
	}
	return first;
}

void shell_loop(void)
{
	static char line[SHELL_LINE_MAX];
	int err = console_can_read() ? 0 : -ENODEV;

	if (!err)
		printk("A shell; help lists its commands, ^D ends it.\n");
	while (!err) {
		printk("> ");
		err = console_read_line(line, sizeof(line));
		if (err == -E2BIG)
			printk("shell: line too long (max %d)\n", SHELL_LINE_MAX - 1);
		else if (!err)
			shell_run(line);
		if (err == -E2BIG)
			err = 0;
	}
	if (err == -ENOENT)
		printk("\n");
	else
		printk("shell: no console input: ends\n");
}
