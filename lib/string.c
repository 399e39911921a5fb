/* SPDX-License-Identifier: MIT */
/*
 * Memory and strings in plain C: words of 8 bytes where there are many. Compilers like to turn such
 * loops into calls of the very functions they are in; barrier() keeps them from it.
 */
#include <lib/string.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word_t;

#define WORD sizeof(word_t)

/* Ascending; right for overlapping memory too where dst lies below src. */
static void copy_up(unsigned char *dst, const unsigned char *src, size_t n)
{
	for (; n >= 4 * WORD; n -= 4 * WORD, dst += 4 * WORD, src += 4 * WORD) {
		word_t a = ((const word_t *)src)[0], b = ((const word_t *)src)[1];
		word_t c = ((const word_t *)src)[2], d = ((const word_t *)src)[3];

		((word_t *)dst)[0] = a;
		((word_t *)dst)[1] = b;
		((word_t *)dst)[2] = c;
		((word_t *)dst)[3] = d;
		barrier();
	}
	for (; n >= WORD; n -= WORD, dst += WORD, src += WORD) {
		*(word_t *)dst = *(const word_t *)src;
		barrier();
	}
	for (; n; n--) {
		*dst++ = *src++;
		barrier();
	}
}

/* Descending, from the ends. */
static void copy_down(unsigned char *dst, const unsigned char *src, size_t n)
{
	for (; n >= WORD; n -= WORD) {
		*(word_t *)(dst + n - WORD) = *(const word_t *)(src + n - WORD);
		barrier();
	}
	for (; n; n--) {
		dst[n - 1] = src[n - 1];
		barrier();
	}
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	/* One comparison: dst below src wraps around to a distance that is larger than any n. */
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

void *memset(void *dst, int byte, size_t n)
{
	unsigned char *to = dst;
	word_t word = 0x0101010101010101ULL * (unsigned char)byte;

	for (; n >= 8 * WORD; n -= 8 * WORD, to += 8 * WORD) {
		((word_t *)to)[0] = word;
		((word_t *)to)[1] = word;
		((word_t *)to)[2] = word;
		((word_t *)to)[3] = word;
		((word_t *)to)[4] = word;
		((word_t *)to)[5] = word;
		((word_t *)to)[6] = word;
		((word_t *)to)[7] = word;
		barrier();
	}
	for (; n >= WORD; n -= WORD, to += WORD) {
		*(word_t *)to = word;
		barrier();
	}
	for (; n; n--) {
		*to++ = (unsigned char)byte;
		barrier();
	}
	return dst;
}

void *memchr(const void *s, int byte, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)byte)
			return (void *)(uintptr_t)p;
	return NULL;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	for (; n >= WORD && *(const word_t *)p == *(const word_t *)q; n -= WORD) {
		p += WORD;
		q += WORD;
	}
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n]) {
		n++;
		barrier();
	}
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--) {
		a++;
		b++;
	}
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)(uintptr_t)found;
	}
}
