/* SPDX-License-Identifier: MIT */
/*
 * The same allocations and frees of mixed sizes for every allocator, made up beforehand.
 *
 *   count   runs it for an instruction counter, which looks at sequence_run() alone;
 *           prints the number of operations in there
 *   peak    writes every object, and prints by how many KiB the process grew at its largest,
 *           and how many were asked for at most
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "sequence.h"

#define SLOTS	 8192U /* half of them hold an object, once it runs */
#define WARM_UP	 50000U
#define COUNTED	 200000U
#define NR_STEPS (WARM_UP + COUNTED)
#define KIB	 1024

/* Allocates into a slot, or frees what is in it (size 0). */
struct step {
	uint32_t slot, size;
};

static struct step step[NR_STEPS];
static void *object[SLOTS];

static uint32_t random_below(uint32_t n)
{
	static uint64_t state = 0x9e3779b97f4a7c15ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)((state >> 32) % n);
}

/* Most are small; a few are many pages. */
static uint32_t random_size(void)
{
	uint32_t kind = random_below(1000);

	if (kind < 700)
		return 1 + random_below(256);
	if (kind < 930)
		return 1 + random_below(4096);
	if (kind < 980)
		return 1 + random_below(40000);
	return 1 + random_below(300000);
}

/* The most bytes that are asked for at one time. */
static size_t make_up(void)
{
	static uint32_t size[SLOTS];
	size_t bytes = 0, most = 0;

	for (unsigned int i = 0; i < NR_STEPS; i++) {
		uint32_t slot = random_below(SLOTS);

		bytes -= size[slot];
		size[slot] = size[slot] ? 0 : random_size();
		bytes += size[slot];
		most = bytes > most ? bytes : most;
		step[i] = (struct step){slot, size[slot]};
	}
	return most;
}

/* False: no memory. */
static inline __attribute__((always_inline)) bool run(const struct step *s, unsigned int nr,
						      bool write)
{
	for (; nr > 0; nr--, s++) {
		if (!s->size) {
			sequence_free(object[s->slot]);
			continue;
		}
		object[s->slot] = sequence_malloc(s->size);
		if (!object[s->slot])
			return false;
		if (write)
			memset(object[s->slot], 1, s->size);
	}
	return true;
}

/* By name for the counter, so it must stay a function of its own. */
bool sequence_run(const struct step *s, unsigned int nr);

__attribute__((noinline)) bool sequence_run(const struct step *s, unsigned int nr)
{
	return run(s, nr, false);
}

/*
 * KiB of this process, by a name of Linux's (proc(5)). Not getrusage(), whose peak is that of
 * whoever started us, too.
 */
static long process_kib(const char *name)
{
	FILE *status = fopen("/proc/self/status", "r");
	size_t length = strlen(name);
	char line[128];
	long kib = -1;

	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, name, length) && line[length] == ':')
			kib = strtol(line + length + 1, NULL, 10);
	if (status)
		fclose(status);
	return kib;
}

static int count(void)
{
	if (!run(step, WARM_UP, false) || !sequence_run(step + WARM_UP, COUNTED))
		return 1;
	printf("%u\n", COUNTED);
	return 0;
}

static int peak(size_t asked)
{
	long before = process_kib("VmRSS");

	if (!run(step, NR_STEPS, true))
		return 1;
	printf("%ld %zu\n", process_kib("VmHWM") - before, asked / KIB);
	return 0;
}

int main(int argc, char **argv)
{
	size_t asked = make_up();

	/* Huge pages would make the size of a process a matter of luck. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	sequence_start();
	if (argc == 2 && !strcmp(argv[1], "count"))
		return count();
	if (argc == 2 && !strcmp(argv[1], "peak"))
		return peak(asked);
	fprintf(stderr, "%s count|peak\n", argv[0]);
	return 2;
}
