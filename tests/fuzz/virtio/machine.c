/* SPDX-License-Identifier: MIT */
/* Memory, the clock, the engine, mappings: as little as the drivers need, and exact. */
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/page.h>
#include <balloon/balloon.h>
#include <lib/printk.h>
#include <mm/map.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "machine.h"

#define MAP_BASE  0x220000000000ULL
#define MAP_SLOTS 64U
#define MAP_BYTES 0x100000ULL /* of addresses, for a mapping each */

struct machine_state machine_state;
void (*machine_at_look)(void);
struct boot_info boot_info;
bool linux_irqs_off, linux_irq_pending;

static const uint8_t *input;
static size_t left;
static bool taken[MACHINE_PAGES];
static struct {
	uint64_t base, bytes;
} mapped[MAP_SLOTS];

/* ---- drivers that never ran: their variables lie together (Makefile) ---- */

extern char __start_driver_data[], __stop_driver_data[], __start_driver_bss[], __stop_driver_bss[];

/* Over what the sanitizer keeps between variables, too. */
__attribute__((no_sanitize("address"))) static void copy(volatile char *to, const char *from,
							 size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from ? from[i] : 0;
}

static void forget_drivers(void)
{
	static char *first;
	size_t n = (size_t)(__stop_driver_data - __start_driver_data);

	if (!first) {
		first = malloc(n);
		copy(first, __start_driver_data, n);
	}
	copy(__start_driver_data, first, n);
	copy(__start_driver_bss, NULL, (size_t)(__stop_driver_bss - __start_driver_bss));
}

static void count_lines(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		machine_state.lines += text[i] == '\n';
}

static char *page_at(unsigned int page)
{
	return pfn_to_virt(PFN(page));
}

static void make_memory(void)
{
	void *at = mmap(page_at(0), MACHINE_PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert(at == page_at(0));
	boot_info.nr_ranges = 1;
	boot_info.range[0] = (struct boot_range){PFN(0), MACHINE_PAGES, BOOT_RAM};
	printk_set_sink(count_lines);
}

void machine_start(const uint8_t *data, size_t n)
{
	if (!boot_info.nr_ranges)
		make_memory();
	forget_drivers();
	ASAN_POISON_MEMORY_REGION(page_at(0), MACHINE_PAGES * PAGE_SIZE);
	memset(taken, 0, sizeof(taken));
	memset(mapped, 0, sizeof(mapped));
	machine_state = (struct machine_state){.target = BALLOON_NO_TARGET};
	machine_at_look = NULL;
	input = data;
	left = n;
}

/* ---- the input ---- */

size_t machine_left(void)
{
	return left;
}

uint8_t machine_take8(void)
{
	if (!left)
		return 0;
	left--;
	return *input++;
}

uint16_t machine_take16(void)
{
	uint16_t low = machine_take8();

	return (uint16_t)(low | machine_take8() << 8);
}

uint32_t machine_take32(void)
{
	uint32_t low = machine_take16();

	return low | (uint32_t)machine_take16() << 16;
}

/* ---- memory ---- */

void *page_alloc(unsigned int order, enum page_use use)
{
	unsigned int nr = 1U << order;

	(void)use;
	for (unsigned int first = 0; first < MACHINE_PAGES; first += nr) {
		if (memchr(&taken[first], true, nr))
			continue;
		memset(&taken[first], true, nr);
		machine_state.pages += nr;
		ASAN_UNPOISON_MEMORY_REGION(page_at(first), nr * PAGE_SIZE);
		memset(page_at(first), 0x5a, nr * PAGE_SIZE);
		return page_at(first);
	}
	return NULL;
}

void page_free(void *va, unsigned int order)
{
	unsigned long first = virt_to_pfn(va).v, nr = 1UL << order;

	assert(first + nr <= MACHINE_PAGES && !memchr(&taken[first], false, nr));
	memset(&taken[first], false, nr);
	machine_state.pages -= (unsigned int)nr;
	ASAN_POISON_MEMORY_REGION(va, nr * PAGE_SIZE);
}

bool machine_is_lent(uint64_t addr, uint64_t bytes)
{
	for (uint64_t page = addr >> PAGE_SHIFT; page <= (addr + bytes - 1) >> PAGE_SHIFT; page++)
		if (page >= MACHINE_PAGES || !taken[page])
			return false;
	return bytes > 0;
}

void *machine_memory(uint64_t addr)
{
	return page_at(0) + addr;
}

void mm_stats_get(struct mm_stats *stats)
{
	*stats = (struct mm_stats){.present = 1UL << 20, .free = 1000};
}

/* ---- mappings: addresses at which nothing is ---- */

void *map_machine(mfn_t first, unsigned long nr_frames, enum mmu_prot prot)
{
	assert(prot == MMU_RW && nr_frames && nr_frames <= 17 && first.v < 1UL << 40);
	assert(first.v >= MACHINE_PAGES);
	for (unsigned int i = 0; i < MAP_SLOTS; i++) {
		if (mapped[i].bytes)
			continue;
		mapped[i].base = (uint64_t)first.v << PAGE_SHIFT;
		mapped[i].bytes = nr_frames << PAGE_SHIFT;
		machine_state.mappings++;
		return (void *)(uintptr_t)(MAP_BASE + i * MAP_BYTES);
	}
	return NULL;
}

int map_remove(void *va)
{
	uint64_t slot = ((uintptr_t)va - MAP_BASE) / MAP_BYTES;

	assert(slot < MAP_SLOTS && mapped[slot].bytes && (uintptr_t)va % MAP_BYTES == 0);
	mapped[slot].bytes = 0;
	machine_state.mappings--;
	return 0;
}

uint64_t machine_address(const volatile void *at, unsigned int bytes)
{
	uint64_t offset = (uintptr_t)at - MAP_BASE, slot = offset / MAP_BYTES;

	assert(slot < MAP_SLOTS && offset % MAP_BYTES + bytes <= mapped[slot].bytes);
	assert(offset % bytes == 0);
	return mapped[slot].base + offset % MAP_BYTES;
}

/* ---- processor and engine ---- */

uint64_t clock_ns(void)
{
	machine_state.now += MACHINE_LOOK;
	if (machine_at_look)
		machine_at_look();
	return machine_state.now;
}

void linux_irq_deliver(void)
{
}

int balloon_register(const struct balloon_backend *backend)
{
	unsigned long frames;

	machine_state.backend = backend;
	return backend->ceiling(backend, &frames);
}

void balloon_target_set(unsigned long frames)
{
	assert(frames <= 1UL << 20);
	machine_state.target = frames;
}

void balloon_target_none(void)
{
	machine_state.target = BALLOON_NO_TARGET;
}
