/* SPDX-License-Identifier: MIT */
/* Whatever is typed or given on the command line: one clear line, nothing lost, the guest lives on.
 */
#include <aerostat/cmdline.h>
#include <aerostat/shell.h>
#include <lib/errno.h>

#include "guest_test.h"
#include "tests/heap_check.h"

#define LINE_BYTES 4096

static char line[LINE_BYTES + 1];

static void fill_line(const char *with)
{
	size_t n = strlen(with);

	for (size_t i = 0; i < LINE_BYTES; i++)
		line[i] = with[i % n];
	line[LINE_BYTES] = '\0';
}

static char none[] = "";

static void the_kernel_lived_through_its_own_command_line(void)
{
	CHECK(!cmdline_get("bogus"), "an unknown word has a value");
	CHECK(!cmdline_get("cols"), "cols is %s", cmdline_get("cols"));
	CHECK(!cmdline_get("shell"), "shell is %s", cmdline_get("shell"));
	CHECK(cmdline_get("quiet"), "quiet is lost");
}

static void command_lines_of_garbage_are_survived(void)
{
	static const char *const garbage[] = {"x",     "a ",	" ",	    "\"",	"'\"",
					      "= ",    "==",	"\x01\xff", "\x80 ",	"-- ",
					      "app. ", "run= ", "cols=9 ",  "quiet=\"", "\\\" "};

	for (size_t i = 0; i < ARRAY_SIZE(garbage); i++) {
		fill_line(garbage[i]);
		cmdline_parse(none, line);
	}
	snprintf(line, sizeof(line), "%s", "quiet run=\"mem; mem");
	cmdline_parse(none, line);
	CHECK(cmdline_get("quiet"), "the word before the open quote is lost");
	CHECK(strcmp(cmdline_get("run"), "mem; mem") == 0, "run is '%s'", cmdline_get("run"));
}

static void too_many_arguments_are_cut(void)
{
	char **argv;
	int argc;

	fill_line("app.a ");
	cmdline_parse(none, line);
	argc = cmdline_app_args(&argv);
	CHECK(argc > 10 && argc < 1000, "argc is %d", argc);
	CHECK(strcmp(argv[argc - 1], "a") == 0 && !argv[argc], "the list is not closed");
}

static void sizes_that_make_no_sense_are_refused(void)
{
	static const char *const bad[] = {"",	       "-1",
					  "1X",	       "K",
					  "0x",	       "1MM",
					  "1 M",       "+1",
					  "1.5G",      "0xG",
					  "99999999T", "18446744073709551616",
					  "1e3",       "0x1ffffffffffffffff",
					  "16777216T"};
	uint64_t bytes;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!parse_size(bad[i], &bytes), "'%s' was taken", bad[i]);
	CHECK(parse_size("16777215T", &bytes) && bytes == 16777215ULL << 40, "the largest is not");
}

/* A kernel without a balloon has no such command. */
#define NO_GROW (IS_ENABLED(CONFIG_BALLOON) ? -EINVAL : -ENOENT)

struct wrong {
	const char *command;
	int error;
};

static const struct wrong wrong_commands[] = {
	{"bogus", -ENOENT},
	{"ALLOC 1M", -ENOENT},
	{"\x01\x02\xff", -ENOENT},
	{"alloc", -EINVAL},
	{"alloc 1M 2M", -EINVAL},
	{"alloc many", -EINVAL},
	{"alloc 0", -EINVAL},
	{"alloc -1", -EINVAL},
	{"alloc 99999999999999999999999", -EINVAL},
	{"alloc 16777215T", -EINVAL},
	{"alloc 64T", -EINVAL},
	{"alloc 2G", -ENOMEM},
	{"alloc 1G", -ENOMEM},
	{"free", -EINVAL},
	{"free some", -EINVAL},
	{"free 1M", -EINVAL},
	{"free 100G", -EINVAL},
	{"grow nothing", NO_GROW},
	{"grow 0", NO_GROW},
	{"sleep", -EINVAL},
	{"sleep -1", -EINVAL},
	{"sleep 1.", -EINVAL},
	{"sleep .5x", -EINVAL},
	{"sleep 99999999999999999999", -EINVAL},
	{"quit now", -EINVAL},
	{"quit 128", -EINVAL},
	{"quit 0 0", -EINVAL},
	{"help me", -EINVAL},
	{"mem 1 2 3 4 5 6 7 8 9 10 11 12", -EINVAL},
	{"; ;; bogus; mem", -ENOENT},
	{"mem\nbogus\nalloc\n", -ENOENT},
};

static void wrong_commands_fail_and_change_nothing(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong_commands); i++) {
		const struct wrong *wrong = &wrong_commands[i];
		unsigned long before = guest_test_used();
		int err = shell_run(wrong->command);

		CHECK(err == wrong->error, "'%s' answered %d", wrong->command, err);
		CHECK(guest_test_used() == before, "'%s': %lu frames, before it was %lu",
		      wrong->command, guest_test_used(), before);
	}
}

static void a_line_of_4096_bytes_is_refused(void)
{
	fill_line("x");
	CHECK(shell_run(line) == -E2BIG, "it was run");
	fill_line("mem ");
	CHECK(shell_run(line) == -E2BIG, "it was run");
	fill_line(" ");
	CHECK(shell_run(line) == -E2BIG, "it was run");
	fill_line(";");
	CHECK(shell_run(line) == 0, "nothing at all is no error");
	fill_line("x");
	line[SHELL_LINE_MAX] = '\0';
	CHECK(shell_run(line) == -E2BIG, "one too many was run");
	line[SHELL_LINE_MAX - 1] = '\0';
	CHECK(shell_run(line) == -ENOENT, "the longest line is not too long");
}

static void memory_still_works(void)
{
	void *object = heap_malloc(100000);

	CHECK(object, "malloc fails");
	heap_free(object);
	CHECK(!heap_check(), "%s", heap_check());
	CHECK(shell_run("alloc 3M; free 1500K; alloc 1; mem; free all") == 0, "a command fails");
}

int app_main(int argc, char **argv)
{
	CHECK(argc == 2 && strcmp(argv[1], "known=1") == 0, "argc is %d", argc);
	the_kernel_lived_through_its_own_command_line();
	command_lines_of_garbage_are_survived();
	too_many_arguments_are_cut();
	sizes_that_make_no_sense_are_refused();

	/* To the ceiling once, so that growing is out of the count. */
	CHECK(shell_run("alloc 2G") == -ENOMEM, "2G were there");
	wrong_commands_fail_and_change_nothing();
	a_line_of_4096_bytes_is_refused();
	memory_still_works();
	return guest_test_done();
}
