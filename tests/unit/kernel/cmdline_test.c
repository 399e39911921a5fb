/* SPDX-License-Identifier: MIT */
/* The command line and the text of the kernel floor: what is taken, what is refused, any garbage.
 */
#include <aerostat/cmdline.h>
#include <aerostat/pattern.h>
#include <lib/printk.h>
#include <lib/text.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/random.h"

#define GARBAGE_LINES 100000
#define LINE_BYTES    4096

static char said[1 << 16];
static size_t said_len;

static void listen(const char *text, size_t n)
{
	n = n < sizeof(said) - 1 - said_len ? n : sizeof(said) - 1 - said_len;
	memcpy(said + said_len, text, n);
	said_len += n;
	said[said_len] = '\0';
}

static unsigned int lines_said(void)
{
	unsigned int lines = 0;

	for (const char *p = said; *p; p++)
		lines += *p == '\n';
	return lines;
}

/* The lines live on the heap, where a step past an end is found out. */
static void parse_both(const char *first, const char *text)
{
	static char *builtin, *line;

	free(builtin);
	free(line);
	builtin = strdup(first);
	line = strdup(text);
	said_len = 0;
	said[0] = '\0';
	cmdline_parse(builtin, line);
}

static void parse(const char *text)
{
	parse_both("", text);
}

static void test_known_words_have_values(void **state)
{
	(void)state;
	parse("quiet run=mem  cols=120\ttty=1\n");
	assert_string_equal(cmdline_get("quiet"), "");
	assert_string_equal(cmdline_get("run"), "mem");
	assert_string_equal(cmdline_get("cols"), "120");
	assert_string_equal(cmdline_get("tty"), "1");
	assert_null(cmdline_get("shell"));
	assert_null(cmdline_get("no such word"));
	assert_int_equal(lines_said(), 0);
}

static void test_quotes_keep_blanks(void **state)
{
	(void)state;
	parse("run=\"alloc 1M; mem\" quiet");
	assert_string_equal(cmdline_get("run"), "alloc 1M; mem");
	parse("'run=a \"b\" c' quiet");
	assert_string_equal(cmdline_get("run"), "a \"b\" c");
	assert_non_null(cmdline_get("quiet"));
	parse("r\"un=\"'x y'z");
	assert_string_equal(cmdline_get("run"), "x yz");
	assert_int_equal(lines_said(), 0);
}

static void test_an_open_quote_ends_with_the_line(void **state)
{
	(void)state;
	parse("quiet run='mem; free all");
	assert_string_equal(cmdline_get("run"), "mem; free all");
	assert_non_null(cmdline_get("quiet"));
	assert_string_equal(said, "cmdline: quote not closed: it ends with the line\n");
}

static void test_the_last_of_two_counts(void **state)
{
	(void)state;
	parse("run=first run=second quiet quiet=0");
	assert_string_equal(cmdline_get("run"), "second");
	assert_null(cmdline_get("quiet"));
}

static void test_unknown_words_are_reported_once_each(void **state)
{
	(void)state;
	parse("foo quiet");
	assert_string_equal(said,
			    "cmdline: 'foo': unknown word: ignored (help cmdline lists them)\n");
	assert_non_null(cmdline_get("quiet"));
	parse("a b c d e f g h i j k");
	assert_int_equal(lines_said(), 9);
	assert_non_null(strstr(said, "cmdline: 3 more words ignored"));
}

static unsigned int nr_windows(void)
{
	const struct parsed_window *window;

	return cmdline_windows(&window);
}

static void test_values_that_make_no_sense_are_refused(void **state)
{
	static const char *const bad[] = {"cols=19",
					  "cols=501",
					  "cols=",
					  "cols",
					  "cols=-1",
					  "cols=99999999999999999999999999",
					  "quiet=yes",
					  "target",
					  "target=0",
					  "target=x",
					  "floor=-1",
					  "floor=99999999T",
					  "run",
					  "quiet=",
					  "virtio_mmio.device",
					  "virtio_mmio.device=",
					  "virtio_mmio.device=4K@0xfeb00000"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		parse(bad[i]);
		assert_int_equal(lines_said(), 1);
		assert_null(cmdline_get("cols"));
		assert_null(cmdline_get("quiet"));
		assert_null(cmdline_get("target"));
		assert_null(cmdline_get("floor"));
		assert_null(cmdline_get("run"));
		assert_int_equal(nr_windows(), 0);
	}
}

/* As Linux has it, drivers/virtio/virtio_mmio.c: memparse(), then "@%lli:%u:%d". */
static const struct {
	const char *text;
	struct parsed_window is;
} good_windows[] = {
	{"4K@0xfeb00e00:12", {0xfeb00e00, 4096, 12}},
	{"512@0xfeb00e00:5:3", {0xfeb00e00, 512, 5}},
	{"0x200@0XFEB00A00:23:0", {0xfeb00a00, 512, 23}},
	{"0X1aBk@0xFeB00e0a:1:-1", {0xfeb00e0a, 0x1ab << 10, 1}},
	{"01000@0376000:010", {0376000, 01000, 10}},
	{"1M@4273999872:24", {4273999872, 1 << 20, 24}},
	{"1m@0:4294967295", {0, 1 << 20, UINT32_MAX}},
	{"2G@0x100000000:7", {1ULL << 32, 2ULL << 30, 7}},
	{"1g@0xffffffffbfffffff:7", {0xffffffffbfffffff, 1 << 30, 7}},
};

static void test_devices_are_named_as_for_linux(void **state)
{
	const struct parsed_window *window;
	char line[80];

	(void)state;
	for (size_t i = 0; i < sizeof(good_windows) / sizeof(good_windows[0]); i++) {
		snprintf(line, sizeof(line), "virtio_mmio.device=%s quiet", good_windows[i].text);
		parse(line);
		assert_int_equal(lines_said(), 0);
		assert_int_equal(cmdline_windows(&window), 1);
		assert_memory_equal(window, &good_windows[i].is, sizeof(*window));
	}
}

static void test_a_device_that_cannot_be_read_is_said(void **state)
{
	static const char *const bad[] = {
		"4K",
		"4K@",
		"4K@0xfeb00e00",
		"4K@0xfeb00e00:",
		"4K@0xfeb00e00:12:",
		"4K@0xfeb00e00:12:1:",
		"4K@0xfeb00e00:12 :1x",
		"4K@0xfeb00e00:0",
		"4K@0xfeb00e00:0x12",
		"4K@0xfeb00e00:-1",
		"4K@0xfeb00e00:4294967296",
		"4K@0xfeb00e0g:12",
		"4K@feb00e00:12",
		"4K@1G:12",
		"4KB@0xfeb00e00:12",
		"4X@0xfeb00e00:12",
		"08@0xfeb00e00:12",
		"0x@0xfeb00e00:12",
		"@0xfeb00e00:12",
		"0@0xfeb00e00:12",
		"-4K@0xfeb00e00:12",
		"18446744073709551615K@0:12",
		"4K@0xfffffffffffff001:12",
		"4K@0x1ffffffffffffffff:12",
	};
	const struct parsed_window *window;
	char line[80];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "'virtio_mmio.device=%s'", bad[i]);
		parse(line);
		assert_int_equal(lines_said(), 1);
		assert_non_null(strstr(said, "cmdline: 'virtio_mmio.device="));
		assert_non_null(strstr(said, "invalid value: ignored (where a device is, as for"));
		assert_int_equal(cmdline_windows(&window), 0);
	}
}

/* A host appends them to whatever the user wrote. */
static void test_devices_may_be_named_behind_all_else(void **state)
{
	const struct parsed_window *window;
	char **argv;

	(void)state;
	parse("virtio_mmio.device=4K@0x1000:1 -- x virtio_mmio.device=y "
	      "virtio_mmio.device=4K@0x2000:2");
	assert_int_equal(cmdline_windows(&window), 2);
	assert_int_equal(window[0].base, 0x1000);
	assert_int_equal(window[1].base, 0x2000);
	assert_int_equal(cmdline_app_args(&argv), 3);
	assert_string_equal(argv[2], "virtio_mmio.device=y");
	assert_int_equal(lines_said(), 0);
}

static void test_devices_that_are_too_many_are_said(void **state)
{
	const struct parsed_window *window;
	char line[LINE_BYTES] = "";

	(void)state;
	for (unsigned int i = 0; i < CMDLINE_WINDOWS_MAX + 1; i++)
		strcat(line, "virtio_mmio.device=4K@0x1000:1 ");
	parse(line);
	assert_int_equal(cmdline_windows(&window), CMDLINE_WINDOWS_MAX);
	assert_int_equal(lines_said(), 1);
	assert_non_null(strstr(said, "too many devices"));
}

static void test_sizes_are_taken(void **state)
{
	(void)state;
	parse("target=256M floor=0x100000");
	assert_int_equal(lines_said(), 0);
	assert_string_equal(cmdline_get("target"), "256M");
	assert_string_equal(cmdline_get("floor"), "0x100000");
}

static void test_the_application_has_its_words(void **state)
{
	char **argv;

	(void)state;
	parse("app.x=1 quiet app.y -- run=mem '2 3'");
	assert_int_equal(cmdline_app_args(&argv), 5);
	assert_string_equal(argv[0], "app");
	assert_string_equal(argv[1], "x=1");
	assert_string_equal(argv[2], "y");
	assert_string_equal(argv[3], "run=mem");
	assert_string_equal(argv[4], "2 3");
	assert_null(argv[5]);
	assert_null(cmdline_get("run"));
	parse("");
	assert_int_equal(cmdline_app_args(&argv), 1);
	assert_null(argv[1]);
}

static void test_the_hosts_words_follow_those_that_are_built_in(void **state)
{
	char **argv;

	(void)state;
	parse_both("cols=100 quiet target=1G app.a", "cols=120 app.b");
	assert_string_equal(cmdline_get("cols"), "120");
	assert_string_equal(cmdline_get("target"), "1G");
	assert_non_null(cmdline_get("quiet"));
	assert_int_equal(cmdline_app_args(&argv), 3);
	assert_string_equal(argv[1], "a");
	assert_string_equal(argv[2], "b");
	parse_both("quiet", "quiet=0");
	assert_null(cmdline_get("quiet"));
	assert_int_equal(lines_said(), 0);
}

static void test_what_is_built_in_is_a_line_of_its_own(void **state)
{
	char **argv;

	(void)state;
	parse_both("run=\"mem", "quiet");
	assert_string_equal(cmdline_get("run"), "mem");
	assert_non_null(cmdline_get("quiet"));
	assert_int_equal(lines_said(), 1);
	parse_both("-- quiet", "cols=80");
	assert_null(cmdline_get("quiet"));
	assert_string_equal(cmdline_get("cols"), "80");
	assert_int_equal(cmdline_app_args(&argv), 2);
	assert_string_equal(argv[1], "quiet");
	assert_int_equal(lines_said(), 0);
}

static void test_any_garbage_is_survived(void **state)
{
	static const char *const piece[] = {"\"",     "'",     " ",   "=",
					    "--",     "app.",  "run", "cols",
					    "target", "quiet", "1",   "99999999999999999999",
					    "\t",     "x"};
	static char line[LINE_BYTES];
	char **argv;
	int argc;

	(void)state;
	random_start();
	for (int i = 0; i < GARBAGE_LINES; i++) {
		size_t size = random_one_in(100) ? sizeof(line) : 1 + random_below(80), len = 0;

		while (len + 1 < size) {
			const char *p = piece[random_below(sizeof(piece) / sizeof(piece[0]))];
			char byte[2] = {(char)(1 + random_below(255)), '\0'};

			len += (size_t)snprintf(line + len, size - len, "%s",
						random_one_in(4) ? byte : p);
		}
		parse(line);
		argc = cmdline_app_args(&argv);
		assert_null(argv[argc]);
		assert_true(lines_said() <= 8 + 3);
	}
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"0", 0},
		{"4096", 4096},
		{"64K", 64 << 10},
		{"200m", 200 << 20},
		{"0x10", 16},
		{"0X1fG", 31ULL << 30},
		{"16777215T", 16777215ULL << 40},
		{"18446744073709551615", UINT64_MAX},
		{"0xffffffffffffffff", UINT64_MAX},
	};
	static const char *const bad[] = {
		"",
		"K",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1KB",
		"1.5G",
		"0x",
		"0xT",
		"18446744073709551616",
		"16777216T",
		"1e3",
		"1P",
		"ff",
		"0x1ffffffffffffffff",
	};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(parse_size(good[i].text, &bytes));
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(parse_size(bad[i], &bytes));
}

static void test_numbers(void **state)
{
	unsigned long n;

	(void)state;
	assert_true(parse_number("127", 127, &n));
	assert_int_equal(n, 127);
	assert_false(parse_number("128", 127, &n));
	assert_false(parse_number("", 127, &n));
	assert_false(parse_number("1K", ~0UL, &n));
	assert_false(parse_number("-1", ~0UL, &n));
}

static void test_sizes_for_people(void **state)
{
	static const struct {
		unsigned long frames;
		const char *text;
	} row[] = {
		{0, "0K"},	{1, "4K"},	   {255, "1020K"},	  {256, "1M"},
		{384, "1.5M"},	{511, "1.9M"},	   {131072, "512M"},	  {262143, "1023.9M"},
		{262144, "1G"}, {1UL << 28, "1T"}, {~0UL, "67108863.9P"},
	};
	char buf[TEXT_SIZE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		assert_string_equal(text_size(buf, row[i].frames), row[i].text);
}

static void test_bars_fit(void **state)
{
	char bar[11];

	(void)state;
	text_bar(bar, 10, 5, 2, 10);
	assert_string_equal(bar, "#####==...");
	text_bar(bar, 10, 0, 0, 0);
	assert_string_equal(bar, "..........");
	text_bar(bar, 10, 99, 99, 10);
	assert_string_equal(bar, "##########");
	text_bar(bar, 0, 1, 1, 2);
	assert_string_equal(bar, "");
}

static void test_a_mark_is_under_the_last_character_of_its_part(void **state)
{
	(void)state;
	assert_int_equal(text_bar_place(10, 5, 10), 4);
	assert_int_equal(text_bar_place(10, 10, 10), 9);
	assert_int_equal(text_bar_place(10, 0, 10), 0);
	assert_int_equal(text_bar_place(10, ~0UL, 10), 9);
	assert_int_equal(text_bar_place(10, 5, 0), 9);
	assert_int_equal(text_bar_place(0, 5, 10), 0);
}

static void test_what_is_shown_is_printable(void **state)
{
	char buf[8];

	(void)state;
	assert_string_equal(text_printable(buf, sizeof(buf), "a\x01\xff z"), "a?? z");
	assert_string_equal(text_printable(buf, sizeof(buf), "1234567"), "1234567");
	assert_string_equal(text_printable(buf, sizeof(buf), "12345678"), "1234...");
	assert_string_equal(text_printable(buf, sizeof(buf), ""), "");
}

static void test_patterns_know_their_place(void **state)
{
	uint64_t a[512], b[512];

	(void)state;
	pattern_write(a, sizeof(a), 1);
	pattern_write(b, sizeof(b), 2);
	assert_true(pattern_holds(a, sizeof(a), 1));
	assert_false(pattern_holds(a, sizeof(a), 2));
	assert_false(pattern_holds(b, sizeof(b), 1));
	a[511] ^= 1ULL << 63;
	assert_false(pattern_holds(a, sizeof(a), 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_words_have_values),
		cmocka_unit_test(test_quotes_keep_blanks),
		cmocka_unit_test(test_an_open_quote_ends_with_the_line),
		cmocka_unit_test(test_the_last_of_two_counts),
		cmocka_unit_test(test_unknown_words_are_reported_once_each),
		cmocka_unit_test(test_values_that_make_no_sense_are_refused),
		cmocka_unit_test(test_devices_are_named_as_for_linux),
		cmocka_unit_test(test_a_device_that_cannot_be_read_is_said),
		cmocka_unit_test(test_devices_may_be_named_behind_all_else),
		cmocka_unit_test(test_devices_that_are_too_many_are_said),
		cmocka_unit_test(test_sizes_are_taken),
		cmocka_unit_test(test_the_application_has_its_words),
		cmocka_unit_test(test_the_hosts_words_follow_those_that_are_built_in),
		cmocka_unit_test(test_what_is_built_in_is_a_line_of_its_own),
		cmocka_unit_test(test_any_garbage_is_survived),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_sizes_for_people),
		cmocka_unit_test(test_bars_fit),
		cmocka_unit_test(test_a_mark_is_under_the_last_character_of_its_part),
		cmocka_unit_test(test_what_is_shown_is_printable),
		cmocka_unit_test(test_patterns_know_their_place),
	};

	printk_set_sink(listen);
	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
