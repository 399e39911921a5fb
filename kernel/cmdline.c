/* SPDX-License-Identifier: MIT */
/* The kernel command line: splits it, knows its words. Uses lib alone, so that tests run it
 * anywhere. */
#include <aerostat/cmdline.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>

#define APP_ARGS_MAX   64
#define REPORTS_MAX    8
#define APP_PREFIX     "app."
#define APP_PREFIX_LEN (sizeof(APP_PREFIX) - 1)
#define SHOWN_MAX      40
#define HELP_ROW       "  %-18s  %s\n"

enum word_kind {
	WORD_FLAG,   /* a bare word, or =0 or =1 */
	WORD_TEXT,   /* any text */
	WORD_NUMBER, /* decimal, from min to max */
	WORD_SIZE,   /* for parse_size, and not 0 */
	WORD_WINDOW, /* for parse_window; each that is given counts */
};

struct word {
	const char *name;
	enum word_kind kind;
	unsigned long min, max;
	const char *text;
};

static const struct word words[] = {
	{"run", WORD_TEXT, 0, 0, "shell commands to run at start: run=\"alloc 200M; mem; quit\""},
	{"shell", WORD_FLAG, 0, 0, "a shell on the console, after the application"},
	{"target", WORD_SIZE, 0, 0,
	 "memory to have, until the host sets another target: target=256M"},
	{"floor", WORD_SIZE, 0, 0, "memory to keep, whatever the target: floor=64M"},
	{"quiet", WORD_FLAG, 0, 0, "no table of the virtual layout at start"},
	{"tty", WORD_FLAG, 0, 0, "the console is a terminal: bars may be redrawn in place"},
	{"virtio_mmio.device", WORD_WINDOW, 0, 0,
	 "where a device is, as for Linux: virtio_mmio.device=4K@0xfeb00e00:12"},
	{"cols", WORD_NUMBER, 20, 500, "columns of that terminal, 20 to 500 (80)"},
};

/* What was given, beside the table; NULL: not given. */
static const char *values[ARRAY_SIZE(words)];

/* Words that were not taken; garbage of 4 KiB is not worth a line a word. */
static unsigned int nr_refused;

static struct parsed_window windows[CMDLINE_WINDOWS_MAX];
static unsigned int nr_windows;

static char app_name[] = "app";
static char *app_args[APP_ARGS_MAX + 1] = {app_name};
static int nr_app_args = 1;

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * Takes the next word out of *line, in place: quotes go, what they hold stays. NULL at the end.
 * A quote that is not closed ends with the line; *open tells.
 */
static char *next_word(char **line, bool *open)
{
	char *in = *line, *out, *word, quote = '\0';

	while (is_blank(*in))
		in++;
	if (!*in)
		return NULL;
	for (word = out = in; *in && (quote || !is_blank(*in)); in++) {
		if (quote ? *in == quote : *in == '"' || *in == '\'')
			quote = quote ? '\0' : *in;
		else
			*out++ = *in;
	}
	*open = quote != '\0';
	*line = *in ? in + 1 : in;
	*out = '\0';
	return word;
}

static const struct word *find_word(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].name) == len && memcmp(words[i].name, name, len) == 0)
			return &words[i];
	}
	return NULL;
}

/* `value` is NULL for a bare word. */
static bool value_is_good(const struct word *word, const char *value)
{
	struct parsed_window window;
	unsigned long n;
	uint64_t bytes;

	if (!value)
		return word->kind == WORD_FLAG;
	switch (word->kind) {
	case WORD_FLAG:
		return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
	case WORD_NUMBER:
		return parse_number(value, word->max, &n) && n >= word->min;
	case WORD_SIZE:
		return parse_size(value, &bytes) && bytes;
	case WORD_WINDOW:
		return parse_window(value, &window);
	case WORD_TEXT:
		break;
	}
	return true;
}

static void refuse(const char *text, const char *why, const char *help)
{
	char shown[SHOWN_MAX];

	if (nr_refused++ < REPORTS_MAX)
		printk("cmdline: '%s': %s: ignored (%s)\n",
		       text_printable(shown, sizeof(shown), text), why, help);
}

static void take_app_arg(char *arg)
{
	if (nr_app_args == APP_ARGS_MAX)
		printk("cmdline: more than %d words for the application: the rest is ignored\n",
		       APP_ARGS_MAX - 1);
	if (nr_app_args < APP_ARGS_MAX)
		app_args[nr_app_args] = arg;
	nr_app_args++;
}

static void take_value(const struct word *word, const char *text, const char *value)
{
	values[word - words] = word->kind == WORD_FLAG && *value == '0' ? NULL : value;
	if (word->kind != WORD_WINDOW)
		return;
	if (nr_windows == CMDLINE_WINDOWS_MAX)
		refuse(text, "too many devices", word->text);
	else if (parse_window(value, &windows[nr_windows]))
		nr_windows++;
}

static void take_word(char *text)
{
	char *equals = strchr(text, '=');
	const struct word *word = find_word(text, equals ? (size_t)(equals - text) : strlen(text));
	const char *value = equals ? equals + 1 : NULL;

	if (!word && strncmp(text, APP_PREFIX, APP_PREFIX_LEN) == 0)
		take_app_arg(text + APP_PREFIX_LEN);
	else if (!word)
		refuse(text, "unknown word", "help cmdline lists them");
	else if (!value_is_good(word, value))
		refuse(text, "invalid value", word->text);
	else
		take_value(word, text, value ? value : "");
}

/* Is this a word that a host appends, behind whatever the user wrote? */
static bool is_window(const char *text)
{
	const char *equals = strchr(text, '=');
	const struct word *word = equals ? find_word(text, (size_t)(equals - text)) : NULL;

	return word && word->kind == WORD_WINDOW && value_is_good(word, equals + 1);
}

static void start_anew(void)
{
	memset(values, 0, sizeof(values));
	nr_app_args = 1;
	nr_refused = 0;
	nr_windows = 0;
}

static void parse_line(char *line)
{
	bool open = false, rest_is_app = false;
	char *word;

	while ((word = next_word(&line, &open))) {
		if (rest_is_app && !is_window(word))
			take_app_arg(word);
		else if (strcmp(word, "--") == 0)
			rest_is_app = true;
		else
			take_word(word);
	}
	if (open)
		printk("cmdline: quote not closed: it ends with the line\n");
}

void cmdline_parse(char *builtin, char *line)
{
	start_anew();
	parse_line(builtin);
	parse_line(line);
	nr_app_args = MIN(nr_app_args, APP_ARGS_MAX);
	app_args[nr_app_args] = NULL;
	if (nr_refused > REPORTS_MAX)
		printk("cmdline: %u more words ignored\n", nr_refused - REPORTS_MAX);
}

const char *cmdline_get(const char *key)
{
	const struct word *word = find_word(key, strlen(key));

	return word ? values[word - words] : NULL;
}

unsigned int cmdline_windows(const struct parsed_window **window)
{
	*window = windows;
	return nr_windows;
}

int cmdline_app_args(char ***argv)
{
	*argv = app_args;
	return nr_app_args;
}

void cmdline_help(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		printk(HELP_ROW, words[i].name, words[i].text);
	printk(HELP_ROW, "app.x=y", "x=y is an argument of the application");
	printk(HELP_ROW, "--", "all that follows is the application's");
}
