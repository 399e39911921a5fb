/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line: words separated by blanks, key=value or a bare word; "…" and '…' keep
 * blanks. Words the kernel knows are its own, "app.x=y" and what follows "--" are the
 * application's (but for a virtio_mmio.device=, which hosts append); any other is reported in one
 * line and skipped. A word given twice: the last one counts, but of virtio_mmio.device= each.
 */
#ifndef AEROSTAT_CMDLINE_H
#define AEROSTAT_CMDLINE_H

#include <lib/parse.h>
#include <lib/types.h>

/*
 * Takes the words of `builtin` (CONFIG_CMDLINE), then those of the host's `line`: the last one
 * counts. Each is a line of its own: a quote or "--" ends with it. Splits in place, both must live
 * on. Logs what is not known or makes no sense. Context: once, at start; a further call begins with
 * no words.
 */
void cmdline_parse(char *builtin, char *line);

/* The value of a key the kernel knows, "" for a bare word, NULL if it was not given (or is 0). */
const char *cmdline_get(const char *key);

#define CMDLINE_WINDOWS_MAX 64U

/* Where virtio_mmio.device= says that devices are; it may be given as often. Return: how many. */
unsigned int cmdline_windows(const struct parsed_window **window);

/* The application's words, "app." taken off; argv[0] is "app", argv[argc] NULL. */
int cmdline_app_args(char ***argv);

/* Prints the words the kernel knows, a line each. */
void cmdline_help(void);

#endif
