/* SPDX-License-Identifier: MIT */
/*
 * No symbol table: for the first link, and for hosted programs. Weak, so that the real one of the
 * next link replaces it; a file of its own, so that no compiler sees the sizes here.
 */
#include <lib/types.h>

extern const uint32_t ksyms_nr, ksyms_name[];
extern const uintptr_t ksyms_address[];
extern const char ksyms_text[];

__attribute__((weak)) const uint32_t ksyms_nr = 0;
__attribute__((weak)) const uint32_t ksyms_name[1] = {0};
__attribute__((weak)) const uintptr_t ksyms_address[1] = {0};
__attribute__((weak)) const char ksyms_text[1] = "";
