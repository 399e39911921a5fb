/* SPDX-License-Identifier: MIT */
/*
 * Addresses for BARs and for the windows of bridges, where no firmware gave any. They are given out
 * upwards while the buses are walked, all of a bridge between those of its neighbours, so that what
 * was given out behind it is one window.
 */
#include <arch/boot.h>

#include "pci.h"

#define ALL_ONES UINT32_MAX
#define MIB	 0x100000ULL
#define GIB_4	 0x100000000ULL

#define BAR_PREFETCH 8U
#define IO_FIRST     0x1000U /* ports below are kept free, as on PCs */
#define IO_BYTES     0x10000U

/* Of a bridge (PCI-to-PCI Bridge Architecture 1.2, 3.2): base and limit of each window. */
#define BUSES_NUMBERS	   0xffffffU
#define BRIDGE_IO	   0x1cU
#define BRIDGE_MEMORY	   0x20U
#define BRIDGE_PREFETCH	   0x24U
#define BRIDGE_BASE_UPPER  0x28U
#define BRIDGE_LIMIT_UPPER 0x2cU
#define BRIDGE_IO_UPPER	   0x30U
#define BRIDGE_CLOSED	   0x0000fff0U /* the base above the limit */
#define BRIDGE_IO_CLOSED   0x000000f0U
#define BRIDGE_PREFETCH_64 1U

static const uint64_t granule[NR_PCI_SPACES] = {0x1000, MIB, MIB};

static bool has(unsigned int spaces, enum pci_space space)
{
	return spaces >> space & 1;
}

/* Whole granules of a window, from `first` on and below `limit`; none of one over memory. */
static struct pci_room room_of(const struct pci_window *window, enum pci_space space,
			       uint64_t first, uint64_t limit)
{
	uint64_t end = MIN(window->base + window->size, limit);
	struct pci_room room = {ALIGN_UP(MAX(window->base, first), granule[space]),
				ALIGN_DOWN(end, granule[space])};

	if (room.next >= room.end || (space != PCI_SPACE_IO && boot_is_memory(room.next, room.end)))
		return (struct pci_room){0};
	return room;
}

void pci_rooms_open(struct pci_rooms *rooms, const struct pci_host *host)
{
	rooms->room[PCI_SPACE_IO] = room_of(&host->io, PCI_SPACE_IO, IO_FIRST, IO_BYTES);
	rooms->room[PCI_SPACE_MEMORY] = room_of(&host->memory, PCI_SPACE_MEMORY, MIB, GIB_4);
	rooms->room[PCI_SPACE_PREFETCH] =
		room_of(&host->prefetch, PCI_SPACE_PREFETCH, MIB, 1ULL << 52);
}

/* The next address of a room, aligned by its size; 0: there is none left. */
static uint64_t take(struct pci_rooms *rooms, unsigned int spaces, enum pci_space space,
		     uint64_t bytes)
{
	struct pci_room *room = &rooms->room[space];
	uint64_t at;

	if (!has(spaces, space) || bytes > room->end)
		return 0;
	at = ALIGN_UP(room->next, bytes);
	if (at > room->end - bytes)
		return 0;
	room->next = at + bytes;
	return at;
}

struct bar {
	uint32_t kind;	/* its lowest bits */
	uint64_t bytes; /* a power of two; 0: it is none */
	bool wide;	/* the next one is the upper half of its address */
};

static uint32_t probe_half(unsigned int function, unsigned int bar)
{
	uint32_t answer;

	pci_config_write(function, PCI_BAR(bar), ALL_ONES);
	answer = pci_config_read(function, PCI_BAR(bar));
	pci_config_write(function, PCI_BAR(bar), 0);
	return answer;
}

/* What a BAR answers to all ones is its size, and what kind it is (PCI Local Bus 3.0, 6.2.5.1). */
static struct bar probe(unsigned int function, unsigned int at, unsigned int nr_bars)
{
	struct bar bar = {.kind = probe_half(function, at)};
	uint64_t upper = ~0ULL << 32, mask;

	/* Ports may have 16 bits only: what is above answers with zeros. */
	if (bar.kind & PCI_BAR_IO) {
		mask = (bar.kind & ~3U) ? upper | 0xffff0000U | (bar.kind & ~3U) : 0;
	} else {
		bar.wide = pci_bar_is_64(bar.kind);
		if (bar.wide && at + 1 == nr_bars)
			return bar;
		if (bar.wide)
			upper = (uint64_t)probe_half(function, at + 1) << 32;
		mask = (bar.kind & ~PCI_BAR_FLAGS) || bar.wide ? upper | (bar.kind & ~PCI_BAR_FLAGS)
							       : 0;
	}
	/* One run of ones down from the top: else it is no size. */
	bar.bytes = ~mask + 1;
	if (bar.bytes & (bar.bytes - 1))
		bar.bytes = 0;
	return bar;
}

/* In the window below 4 GiB while there is room: every bridge has that, and every BAR may go there.
 */
static uint64_t find_place(struct pci_rooms *rooms, unsigned int spaces, const struct bar *bar)
{
	uint64_t at;

	if (bar->kind & PCI_BAR_IO)
		return take(rooms, spaces, PCI_SPACE_IO, bar->bytes);
	at = take(rooms, spaces, PCI_SPACE_MEMORY, bar->bytes);
	if (!at && bar->wide && (bar->kind & BAR_PREFETCH))
		at = take(rooms, spaces, PCI_SPACE_PREFETCH, bar->bytes);
	return at;
}

unsigned int pci_place(struct pci_rooms *rooms, unsigned int spaces, unsigned int function,
		       unsigned int nr_bars)
{
	unsigned int unplaced = 0;

	for (unsigned int i = 0; i < nr_bars; i++) {
		struct bar bar = probe(function, i, nr_bars);
		uint64_t at = bar.bytes ? find_place(rooms, spaces, &bar) : 0;

		if (bar.bytes && !at)
			unplaced |= 1U << i;
		pci_config_write(function, PCI_BAR(i), (uint32_t)at);
		if (bar.wide && i + 1 < nr_bars)
			pci_config_write(function, PCI_BAR(++i), (uint32_t)(at >> 32));
	}
	return unplaced;
}

/* ---- bridges ---- */

bool pci_bridge_number(unsigned int function, unsigned int behind, unsigned int last)
{
	uint32_t own = function >> 8 & 0xff, numbers = own | behind << 8 | last << 16;

	pci_config_write(function, PCI_BRIDGE_BUSES, numbers);
	return (pci_config_read(function, PCI_BRIDGE_BUSES) & BUSES_NUMBERS) == numbers;
}

/* Closes a bridge's windows. Return: those that it has, a bit each. */
static unsigned int close_windows(unsigned int function)
{
	unsigned int spaces = 1U << PCI_SPACE_MEMORY;
	uint32_t prefetch;

	pci_config_write(function, BRIDGE_IO, BRIDGE_IO_CLOSED);
	pci_config_write(function, BRIDGE_IO_UPPER, 0);
	pci_config_write(function, BRIDGE_MEMORY, BRIDGE_CLOSED);
	pci_config_write(function, BRIDGE_PREFETCH, BRIDGE_CLOSED);
	pci_config_write(function, BRIDGE_BASE_UPPER, ALL_ONES);
	pci_config_write(function, BRIDGE_LIMIT_UPPER, 0);
	if ((pci_config_read(function, BRIDGE_IO) & 0xf0) == BRIDGE_IO_CLOSED)
		spaces |= 1U << PCI_SPACE_IO;
	prefetch = pci_config_read(function, BRIDGE_PREFETCH);
	if ((prefetch & 0xfff0) == BRIDGE_CLOSED && (prefetch & 0xf) == BRIDGE_PREFETCH_64)
		spaces |= 1U << PCI_SPACE_PREFETCH;
	return spaces;
}

void pci_bridge_open(struct pci_rooms *rooms, struct pci_bridge *bridge, unsigned int function,
		     unsigned int spaces)
{
	bridge->function = function;
	bridge->spaces = spaces & close_windows(function);
	for (unsigned int space = 0; space < NR_PCI_SPACES; space++) {
		struct pci_room *room = &rooms->room[space];

		/* The end is one of a granule, so this is no farther. */
		room->next = ALIGN_UP(room->next, granule[space]);
		bridge->first[space] = room->next;
	}
}

/* Base and limit of a window of memory, in units of 64 KiB of which it has whole MiB. */
static uint32_t memory_window(uint64_t first, uint64_t end)
{
	return (uint32_t)(first >> 16 & 0xfff0) | ((uint32_t)((end - 1) >> 16) & 0xfff0) << 16;
}

static void set_window(unsigned int function, enum pci_space space, uint64_t first, uint64_t end)
{
	if (space == PCI_SPACE_IO) {
		pci_config_write(function, BRIDGE_IO,
				 (uint32_t)((first >> 8 & 0xf0) | ((end - 1) & 0xf000)));
	} else if (space == PCI_SPACE_MEMORY) {
		pci_config_write(function, BRIDGE_MEMORY, memory_window(first, end));
	} else {
		pci_config_write(function, BRIDGE_PREFETCH, memory_window(first, end));
		pci_config_write(function, BRIDGE_BASE_UPPER, (uint32_t)(first >> 32));
		pci_config_write(function, BRIDGE_LIMIT_UPPER, (uint32_t)((end - 1) >> 32));
	}
}

void pci_bridge_close(struct pci_rooms *rooms, const struct pci_bridge *bridge)
{
	uint32_t command = pci_config_read(bridge->function, PCI_COMMAND) & 0xffff;

	for (unsigned int space = 0; space < NR_PCI_SPACES; space++) {
		struct pci_room *room = &rooms->room[space];

		room->next = ALIGN_UP(room->next, granule[space]);
		if (room->next != bridge->first[space])
			set_window(bridge->function, space, bridge->first[space], room->next);
	}
	command |= PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	pci_config_write(bridge->function, PCI_COMMAND, command);
}
