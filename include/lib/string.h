/* SPDX-License-Identifier: MIT */
/* The standard's memory and string functions, as far as the kernel uses them (lib/string.c). */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <lib/types.h>

/* Do what ISO C says of them. Context: any. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int byte, size_t n);
void *memchr(const void *s, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

#endif
