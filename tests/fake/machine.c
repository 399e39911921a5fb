/* SPDX-License-Identifier: MIT */
/* The machine: its memory, who owns each frame, and the host's allocator. */
#define _GNU_SOURCE
#include <asm/pv.h>
#include <lib/bug.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine.h"

#define GARBAGE	   0x5a /* in every byte of what comes from the host */
#define XEN_FRAMES 16UL /* at the start of the machine */

struct machine machine;

void fake_fail(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	panic("fake Xen: %s", text);
}

static uint64_t random_next(void)
{
	machine.random ^= machine.random >> 12;
	machine.random ^= machine.random << 25;
	machine.random ^= machine.random >> 27;
	return (machine.random * 0x2545f4914f6cdd1dULL) >> 16;
}

static void free_memory(void)
{
	if (!machine.memory)
		return;
	munmap(machine.memory, machine.frames_max * PAGE_SIZE);
	close(machine.fd);
	free(machine.frame);
	free(machine.m2p);
	free(machine.free_in_block);
}

static void make_memory(unsigned long nr_frames)
{
	machine.frames_max = nr_frames;
	machine.fd = memfd_create("machine", MFD_CLOEXEC);
	if (machine.fd < 0 || ftruncate(machine.fd, (off_t)(nr_frames * PAGE_SIZE)))
		fake_fail("no memory of %lu frames", nr_frames);
	machine.memory = mmap(NULL, nr_frames * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			      machine.fd, 0);
	machine.frame = calloc(nr_frames, sizeof(*machine.frame));
	machine.m2p = calloc(nr_frames, sizeof(*machine.m2p));
	machine.free_in_block = calloc(nr_frames / BLOCK_FRAMES, sizeof(unsigned int));
	if (machine.memory == MAP_FAILED || !machine.frame || !machine.m2p ||
	    !machine.free_in_block)
		fake_fail("no memory for %lu frames", nr_frames);
}

void machine_start(const struct fake_setup *setup)
{
	unsigned long nr = ALIGN_DOWN(setup->machine, BLOCK_FRAMES);

	/* Linux takes long to give a page: what a larger machine had, a smaller one has again. */
	if (machine.frames_max < nr) {
		free_memory();
		make_memory(nr);
	}
	machine.nr_frames = nr;
	memset(machine.frame, 0, nr * sizeof(*machine.frame));
	memset(machine.m2p, 0xff, nr * sizeof(*machine.m2p));
	for (unsigned long i = 0; i < nr; i++)
		machine.free_in_block[i / BLOCK_FRAMES] = BLOCK_FRAMES;
	for (unsigned long i = 0; i < XEN_FRAMES; i++)
		machine.frame[i].owner = OWNER_XEN;
	machine.free_in_block[0] -= XEN_FRAMES;
	machine.tot_pages = 0;
	machine.max_pages = setup->ceiling;
	machine.run = setup->run ? setup->run : 1;
	machine.run_left = 0;
	machine.clean = setup->clean;
	machine.random = 88172645463325252ULL;
	xen_m2p = machine.m2p;
	xen_m2p_entries = nr;
}

unsigned long fake_host_free(void)
{
	return machine.nr_frames - XEN_FRAMES - machine.tot_pages;
}

struct frame *machine_frame(mfn_t mfn)
{
	return mfn.v < machine.nr_frames ? &machine.frame[mfn.v] : NULL;
}

uint64_t *machine_table(mfn_t mfn)
{
	return (uint64_t *)(machine.memory + mfn.v * PAGE_SIZE);
}

static bool is_free(unsigned long first, unsigned long nr)
{
	for (unsigned long i = first; i < first + nr; i++)
		if (machine.frame[i].owner != OWNER_HOST)
			return false;
	return true;
}

/* Single frames come from the lower half first, in runs, so that blocks are left. */
static bool find_single(mfn_t *mfn)
{
	if (!machine.run_left--) {
		machine.rover = random_next() % (machine.nr_frames / 2);
		machine.run_left = machine.run - 1;
	}
	for (unsigned long n = 0; n < machine.nr_frames; n++) {
		unsigned long at = (machine.rover + n) % machine.nr_frames;

		if (machine.frame[at].owner == OWNER_HOST) {
			machine.rover = at + 1;
			*mfn = MFN(at);
			return true;
		}
	}
	return false;
}

static bool find_run(unsigned int order, mfn_t *mfn)
{
	unsigned long nr = 1UL << order;

	for (unsigned long at = machine.nr_frames; at >= nr; at -= nr) {
		*mfn = MFN(at - nr);
		if (machine.free_in_block[mfn->v / BLOCK_FRAMES] >= MIN(nr, BLOCK_FRAMES) &&
		    is_free(mfn->v, nr))
			return true;
	}
	return false;
}

/* What is in a frame that was another domain's. */
static void fill_with_garbage(mfn_t mfn)
{
	if (!machine.clean)
		memset(machine.memory + mfn.v * PAGE_SIZE, GARBAGE, PAGE_SIZE);
}

bool machine_is_scrubbed(mfn_t mfn)
{
	const char *byte = machine.memory + mfn.v * PAGE_SIZE;

	if (machine.clean)
		return true;
	if (*byte != 0 && *byte != GARBAGE)
		return false;
	return memcmp(byte, byte + 1, PAGE_SIZE - 1) == 0;
}

bool machine_give(unsigned int order, unsigned long pfn, mfn_t *first)
{
	if (!(order ? find_run(order, first) : find_single(first)))
		return false;
	for (unsigned long i = 0; i < 1UL << order; i++) {
		unsigned long mfn = first->v + i;

		machine.frame[mfn] =
			(struct frame){.owner = OWNER_DOMAIN, .allocated = true, .refs = 1};
		machine.m2p[mfn] = pfn + i;
		machine.free_in_block[mfn / BLOCK_FRAMES]--;
		machine.tot_pages++;
		fill_with_garbage(MFN(mfn));
	}
	return true;
}

void machine_reclaim(mfn_t mfn)
{
	struct frame *frame = machine_frame(mfn);

	*frame = (struct frame){.owner = OWNER_HOST};
	machine.m2p[mfn.v] = ~0UL;
	machine.free_in_block[mfn.v / BLOCK_FRAMES]++;
	machine.tot_pages--;
}
