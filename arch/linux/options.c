/* SPDX-License-Identifier: MIT */
/* The program's arguments: what is wrong with them is said in one line, before anything starts. */
#include <arch/page.h>
#include <getopt.h>
#include <lib/config.h>
#include <lib/parse.h>
#include <lib/string.h>
#include <stdio.h>

#include "port.h"

#define USAGE_STATUS 2
#define MEMORY_MIB   32UL
#define MAX_MIB	     512UL

static const char usage[] =
	"usage: aerostat [options] [--] [arguments of the application]\n"
	"  --memory SIZE    what it starts with (32M)\n"
	"  --max SIZE       what it may grow to (512M)\n"
	"  --floor SIZE     what it never shrinks below\n"
	"  --control PATH   a UNIX socket that takes requests, a line of JSON each\n"
	"  --pressure       follow the memory pressure of this machine and cgroup\n"
	"  --cmdline WORDS  the kernel's own words: --cmdline 'run=\"mem; quit\"', --cmdline "
	"shell\n"
	"  --help           this\n"
	"Sizes are bytes, or 64K, 200M, 1G.\n";

enum { MEMORY = 1, MAXIMUM, FLOOR, CONTROL, PRESSURE, CMDLINE, HELP };

static const struct option known[] = {
	{"memory", required_argument, NULL, MEMORY}, {"max", required_argument, NULL, MAXIMUM},
	{"floor", required_argument, NULL, FLOOR},   {"control", required_argument, NULL, CONTROL},
	{"pressure", no_argument, NULL, PRESSURE},   {"cmdline", required_argument, NULL, CMDLINE},
	{"help", no_argument, NULL, HELP},	     {NULL, 0, NULL, 0},
};

/* The kernel's command line while it is put together. */
struct line {
	char *text;
	size_t len;
	bool full;
};

static void add(struct line *line, const char *text)
{
	size_t n = strlen(text);

	line->full = line->full || line->len + n >= BOOT_CMDLINE_MAX;
	if (line->full)
		return;
	memcpy(line->text + line->len, text, n + 1);
	line->len += n;
}

/* One word, whatever is in it: quoted, and each quote in it by the other kind. */
static void add_quoted(struct line *line, const char *word)
{
	char one[2] = "";

	add(line, " '");
	for (; *word; word++) {
		one[0] = *word;
		add(line, *word == '\'' ? "'\"'\"'" : one);
	}
	add(line, "'");
}

static bool refuse(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "aerostat: --%s '%s' %s\n", option, value, why);
	return false;
}

/* A size in whole frames, rounded up. */
static bool take_size(const char *option, const char *value, unsigned long *frames)
{
	uint64_t bytes;

	if (!parse_size(value, &bytes) || !bytes)
		return refuse(option, value, "is not a size (try 64K, 200M or 1G)");
	if (bytes > LAYOUT_DIRECTMAP_SIZE)
		return refuse(option, value, "is more than this kernel can ever have");
	*frames = (unsigned long)DIV_ROUND_UP(bytes, PAGE_SIZE);
	return true;
}

static bool take_option(int option, const char *value, struct linux_options *options,
			struct line *line)
{
	switch (option) {
	case MEMORY:
		return take_size("memory", value, &options->memory);
	case MAXIMUM:
		return take_size("max", value, &options->max);
	case FLOOR:
		return take_size("floor", value, &options->floor);
	case CONTROL:
		options->control = value;
		if (!IS_ENABLED(CONFIG_LINUX_CONTROL))
			return refuse("control", value, "is not in this kernel (LINUX_CONTROL)");
		return *value || refuse("control", value, "is not the path of a socket");
	case PRESSURE:
		if (!IS_ENABLED(CONFIG_LINUX_PRESSURE))
			return refuse("pressure", "", "is not in this kernel (LINUX_PRESSURE)");
		options->pressure = true;
		return true;
	case CMDLINE:
		add(line, " ");
		add(line, value);
		return true;
	}
	return false; /* getopt_long said why */
}

static bool check(const struct linux_options *options, const struct line *line)
{
	if (options->memory > options->max)
		fprintf(stderr, "aerostat: --memory %luK is more than --max %luK\n",
			options->memory * 4, options->max * 4);
	else if (options->floor > options->max)
		fprintf(stderr, "aerostat: --floor %luK is more than --max %luK\n",
			options->floor * 4, options->max * 4);
	else if (line->full)
		fprintf(stderr, "aerostat: more than %d characters of arguments\n",
			BOOT_CMDLINE_MAX - 1);
	else
		return true;
	return false;
}

/* The floor stands before all that the user says, which may end in words of the application. */
static void compose(struct line *line, const struct linux_options *options, const char *words)
{
	char floor[32];

	snprintf(floor, sizeof(floor), "floor=%luK", options->floor * 4);
	if (options->floor)
		add(line, floor);
	add(line, words);
}

bool linux_options_parse(int argc, char **argv, struct linux_options *options,
			 char cmdline[BOOT_CMDLINE_MAX], int *status)
{
	static char words[BOOT_CMDLINE_MAX];
	struct line line = {.text = cmdline}, said = {.text = words};
	int option;

	*options = (struct linux_options){.memory = MEMORY_MIB * 256, .max = MAX_MIB * 256};
	*status = USAGE_STATUS;
	cmdline[0] = '\0';
	while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		if (option == HELP) {
			*status = fputs(usage, stdout) < 0;
			return false;
		}
		if (!take_option(option, optarg, options, &said))
			return false;
	}
	line.full = said.full;
	compose(&line, options, words);
	if (optind < argc)
		add(&line, " --");
	while (optind < argc)
		add_quoted(&line, argv[optind++]);
	return check(options, &line);
}
