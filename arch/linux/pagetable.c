/* SPDX-License-Identifier: MIT */
/* Entries of page tables, and mmap() that follows them. */
#define _GNU_SOURCE
#include <arch/cpu.h>
#include <arch/page.h>
#include <asm/linux.h>
#include <asm/process.h>
#include <errno.h>
#include <fcntl.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pagetable.h"

struct range {
	uint64_t base, size;
	linux_pte *pte;
	bool *block_table, *gib_table;
};

static struct range ranges[NR_REGIONS] = {
#define REGION(name, base, size, prot, text) {(base), (size), NULL, NULL, NULL},
#include LAYOUT_DEF
#undef REGION
};

static int ram_fd = -1, machine_fd = -1;

#define MACHINE_BYTES (1L << 40) /* frames of the machine that are no RAM: a file with holes */

static int open_frames(const char *name, uint64_t bytes)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		panic("linux: cannot create a memory file of %llu MiB: %s",
		      (unsigned long long)(bytes >> 20), strerror(errno));
	return fd;
}

/* Address space, zeros when touched. In place of what was at `va`, if that is given. */
static void *reserve(void *va, uint64_t bytes, int prot)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (va ? MAP_FIXED : 0);
	void *at = mmap(va, bytes, prot, flags, -1, 0);

	if (at == MAP_FAILED)
		panic("linux: cannot reserve %llu MiB of address space at %p",
		      (unsigned long long)(bytes >> 20), va);
	return at;
}

static void reset_range(struct range *range)
{
	size_t nr_gib = (size_t)(range->size >> LINUX_GIB_SHIFT) + 1;

	reserve((void *)(uintptr_t)range->base, range->size, PROT_NONE);
	range->pte = reserve(range->pte, (range->size >> PAGE_SHIFT) * sizeof(linux_pte),
			     PROT_READ | PROT_WRITE);
	range->block_table = reserve(range->block_table, (range->size >> BLOCK_SHIFT) + 1,
				     PROT_READ | PROT_WRITE);
	range->gib_table = reserve(range->gib_table, nr_gib, PROT_READ | PROT_WRITE);
}

void linux_pt_reset(void)
{
	if (ram_fd >= 0)
		close(ram_fd);
	if (machine_fd < 0)
		machine_fd = open_frames("machine", MACHINE_BYTES);
	ram_fd = open_frames("frames", LAYOUT_DIRECTMAP_SIZE);
	for (unsigned int i = 0; i < NR_REGIONS; i++)
		reset_range(&ranges[i]);
}

static struct range *find_range(const void *va)
{
	for (unsigned int i = 0; i < NR_REGIONS; i++) {
		if ((uintptr_t)va - ranges[i].base < ranges[i].size)
			return &ranges[i];
	}
	return NULL;
}

linux_pte *linux_pt_entry(const void *va)
{
	struct range *range = find_range(va);

	return range ? &range->pte[((uintptr_t)va - range->base) >> PAGE_SHIFT] : NULL;
}

bool *linux_pt_table(uintptr_t va, unsigned int shift)
{
	struct range *range = find_range((const void *)va);

	assert(range);
	return (shift == BLOCK_SHIFT ? range->block_table : range->gib_table) +
	       ((va - range->base) >> shift);
}

static bool map_run(void *va, size_t nr_pages, linux_pte pte)
{
	static const int prot[] = {
		[MMU_RO] = PROT_READ,
		[MMU_RW] = PROT_READ | PROT_WRITE,
		[MMU_RX] = PROT_READ | PROT_EXEC,
	};
	enum linux_pte_kind kind = linux_pte_kind(pte);
	int fd = kind == LINUX_PTE_MACHINE ? machine_fd : ram_fd;
	off_t offset = (off_t)linux_pte_frame(pte) << PAGE_SHIFT;
	size_t bytes = nr_pages * PAGE_SIZE;

	linux_count_call();
	if (kind == LINUX_PTE_NONE)
		return mmap(va, bytes, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
			    0) != MAP_FAILED;
	return mmap(va, bytes, prot[linux_pte_prot(pte)], MAP_SHARED | MAP_FIXED, fd, offset) !=
	       MAP_FAILED;
}

/* How many entries from the first on can be made true by one call. */
static size_t run_length(const linux_pte *pte, size_t max)
{
	bool maps = linux_pte_kind(pte[0]) != LINUX_PTE_NONE;
	size_t run = 1;

	while (run < max && (maps ? pte[run] == pte[0] + run * LINUX_PTE_STEP
				  : linux_pte_kind(pte[run]) == LINUX_PTE_NONE))
		run++;
	return run;
}

/* Once: whoever was refused tries again and again. */
static void say_refused(void)
{
	static bool said;

	if (!said)
		printk("linux: cannot map memory: %s (raise vm.max_map_count)\n", strerror(errno));
	said = true;
}

void linux_pt_sync(void *va, size_t nr_pages, bool anew, size_t *done)
{
	const linux_pte *pte = linux_pt_entry(va);

	if (anew) {
		linux_count_call();
		munmap(va, nr_pages * PAGE_SIZE); /* if not, what follows shows it */
	}
	for (*done = 0; *done < nr_pages;) {
		size_t run = run_length(pte + *done, nr_pages - *done);

		if (!map_run((char *)va + *done * PAGE_SIZE, run, pte[*done])) {
			say_refused();
			return;
		}
		*done += run;
	}
}

bool linux_pt_is_mapped(const void *va)
{
	const linux_pte *pte = linux_pt_entry(va);

	return pte && linux_pte_kind(*pte) != LINUX_PTE_NONE;
}

bool linux_pt_released(const void *va, uint64_t *ms)
{
	const linux_pte *pte = linux_pt_entry(va);

	if (!pte || linux_pte_kind(*pte) != LINUX_PTE_NONE || !linux_pte_frame(*pte))
		return false;
	*ms = linux_pte_frame(*pte) - 1;
	return true;
}

int linux_release(pfn_t first, unsigned long nr_frames)
{
	linux_pte *pte = linux_pt_entry(pfn_to_virt(first));
	unsigned long ms = (unsigned long)(clock_ns() / 1000000);

	linux_count_call();
	if (fallocate(ram_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (off_t)first.v << PAGE_SHIFT, (off_t)nr_frames << PAGE_SHIFT))
		return -EIO;
	for (unsigned long i = 0; i < nr_frames; i++) {
		assert(linux_pte_kind(pte[i]) == LINUX_PTE_NONE);
		pte[i] = linux_pte_make(LINUX_PTE_NONE, ms + 1, MMU_RO);
	}
	return 0;
}
