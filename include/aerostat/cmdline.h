/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line: words separated by blanks, key=value or a bare word; "…" and '…' keep
 * blanks. "app.x=y" and all words after "--" are the application's, except virtio_mmio.device=,
 * which hosts append. An unknown word is logged and skipped. The last of two equal words counts; of
 * virtio_mmio.device= each does.
 */
#ifndef AEROSTAT_CMDLINE_H
#define AEROSTAT_CMDLINE_H

#include <lib/parse.h>
#include <lib/types.h>

/*
 * Parse the words of `builtin` (CONFIG_CMDLINE), then those of the host's `line`: the last one
 * counts. A quote or "--" ends with its line. Splits both in place; they must stay. Logs unknown
 * words and invalid values. A further call begins without words. Context: once, at start.
 */
void cmdline_parse(char *builtin, char *line);

/* Return the value of a key, "" for a bare word, NULL if it was not given (or is 0). */
const char *cmdline_get(const char *key);

#define CMDLINE_WINDOWS_MAX 64U

/* List the windows of virtio_mmio.device=, at most CMDLINE_WINDOWS_MAX. Return: how many. */
unsigned int cmdline_windows(const struct parsed_window **window);

/* Return argc and *argv of the application: argv[0] is "app", argv[argc] NULL. */
int cmdline_app_args(char ***argv);

/* Print the words of the kernel, a line each. */
void cmdline_help(void);

#endif
