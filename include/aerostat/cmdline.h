/* SPDX-License-Identifier: MIT */
/*
 * The kernel command line: words separated by blanks, key=value or a bare word; "…" and '…' keep
 * blanks. Words the kernel knows are its own, "app.x=y" and what follows "--" are the application's;
 * any other is reported in one line and skipped.
 */
#ifndef AEROSTAT_CMDLINE_H
#define AEROSTAT_CMDLINE_H

#include <kernel/types.h>

/* Splits in place what boot_info.cmdline says; reports what it does not know. Once, at start. */
void cmdline_parse(char *line);

/* The value of key, "" for a bare word, NULL if it was not given. */
const char *cmdline_get(const char *key);

/* The application's words; argv[0] is "app". */
int cmdline_app_args(char ***argv);

/*
 * A size with an optional suffix K, M, G or T (powers of 1024), decimal or 0x. False for anything
 * else, for what is negative and for what does not fit 64 bits.
 */
bool parse_size(const char *text, uint64_t *bytes);

#endif
