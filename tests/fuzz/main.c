/* SPDX-License-Identifier: MIT */
/* Where inputs come from and where they lie. */
#include <fcntl.h>
#include <lib/addr.h>
#include <lib/bug.h>
#include <sanitizer/asan_interface.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define INPUT_MAX     (64UL << 10) /* whole pages */
#define INPUT_ALIGN   8UL
#define INPUTS_A_LIFE 10000

__AFL_FUZZ_INIT();

static uint8_t *area; /* INPUT_MAX bytes, and a page that cannot be read */

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

static void make_area(void)
{
	area = mmap(NULL, INPUT_MAX + PAGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED || mprotect(area + INPUT_MAX, PAGE_SIZE, PROT_NONE)) {
		perror("fuzz");
		exit(2);
	}
}

/* As far towards the end of the area as it may lie; what is between is poisoned. */
static void run(const uint8_t *data, size_t n)
{
	size_t room = (n + INPUT_ALIGN - 1) & ~(INPUT_ALIGN - 1);
	uint8_t *at = area + INPUT_MAX - room;

	ASAN_UNPOISON_MEMORY_REGION(area, INPUT_MAX);
	memcpy(at, data, n);
	ASAN_POISON_MEMORY_REGION(at + n, room - n);
	fuzz_one(at, n);
}

static void run_file(const char *name)
{
	static uint8_t data[INPUT_MAX];
	FILE *file = fopen(name, "rb");

	if (!file) {
		perror(name);
		exit(2);
	}
	run(data, fread(data, 1, sizeof(data), file));
	fclose(file);
}

int main(int argc, char **argv)
{
	const uint8_t *data;

	make_area();
	for (int i = 1; i < argc; i++)
		run_file(argv[i]);
	if (argc > 1)
		return 0;
	__AFL_INIT();
	data = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(INPUTS_A_LIFE))
		if ((size_t)__AFL_FUZZ_TESTCASE_LEN <= INPUT_MAX)
			run(data, (size_t)__AFL_FUZZ_TESTCASE_LEN);
	return 0;
}
