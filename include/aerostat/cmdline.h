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
 * Splits in place what boot_info.cmdline says, which stays its home; reports what it does not know
 * or what makes no sense. Once, at start (tests do it again: each call starts anew).
 */
void cmdline_parse(char *line);

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
