/* SPDX-License-Identifier: MIT */
/* Whole pages that the guest fills: frames that it scrubs, and tables. */
#include <arch/page.h>
#include <lib/types.h>
#include <string.h>

#include "machine.h"

/* Weak: a program that has no machine fills none of its pages. */
extern uint64_t *domain_page(const void *va) __attribute__((weak));

/* The C library's own, and what takes its place in all that is linked here (ld --wrap). */
void *__real_memset(void *at, int byte, size_t bytes);
void *__wrap_memset(void *at, int byte, size_t bytes);

/* As in held.c: where the tables lead to, without a page fault for each page. */
void *__wrap_memset(void *at, int byte, size_t bytes)
{
	uintptr_t va = (uintptr_t)at;

	if (!&domain_page || !is_directmap(at) || !IS_ALIGNED(va | bytes, PAGE_SIZE))
		return __real_memset(at, byte, bytes);
	for (size_t done = 0; done < bytes; done += PAGE_SIZE)
		__real_memset(domain_page((void *)(va + done)), byte, PAGE_SIZE);
	return at;
}
