/* SPDX-License-Identifier: MIT */
/*
 * A PCI host bridge in the device tree (IEEE 1275 PCI binding, Devicetree Specification 2.4.3): its
 * configuration space, its windows, and which of its pins is which interrupt of the GIC.
 */
#include <lib/addr.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <libfdt.h>

#include "fdt_node.h"

#define CELL	      4 /* bytes */
#define CHILD_ADDRESS 3 /* cells, of which the first says what it is of */
#define CHILD_SIZE    2
#define SPACE(hi)     ((hi) >> 24 & 3)
#define SPACE_IO      1
#define SPACE_MEMORY  2 /* below 4 GiB; 3: above */
#define SPACE_64      3
#define PREFETCHABLE  (1U << 30)
#define PIN_CELLS     1
#define BUSES	      256U
#define BUS_BYTES     0x100000ULL /* of configuration space */
#define GIB_4	      0x100000000ULL

static uint64_t read_64(const fdt32_t *cell)
{
	return (uint64_t)fdt32_ld(cell) << 32 | fdt32_ld(cell + 1);
}

/* The first of each kind is used. */
static void set_window(struct machine_range *window, uint64_t base, uint64_t size)
{
	if (!window->size)
		*window = (struct machine_range){base, size};
}

/* A window: where in PCI's space, where for the processor, how large. */
static void take_window(struct machine_pci *pci, const fdt32_t *entry, uint64_t cpu)
{
	uint64_t at = read_64(entry + 1), size = read_64(entry + CHILD_ADDRESS + CHILD_SIZE);
	uint32_t kind = fdt32_ld(entry);

	if (!size || cpu >= MACHINE_ADDR_MAX || size > MACHINE_ADDR_MAX - cpu)
		return;
	if (SPACE(kind) == SPACE_IO && !at && IS_ALIGNED(cpu, PAGE_SIZE))
		set_window(&pci->io, cpu, size);
	if (SPACE(kind) < SPACE_MEMORY || at != cpu)
		return;
	if (SPACE(kind) == SPACE_64 || (kind & PREFETCHABLE))
		set_window(&pci->prefetch, cpu, size);
	else if (cpu + size <= GIB_4)
		set_window(&pci->memory, cpu, size);
}

static void read_windows(const struct fdt_node *node, struct machine_pci *pci)
{
	int parent = fdt_address_cells(node->fdt, node->offset[node->depth - 1]), len;
	const fdt32_t *ranges = fdt_getprop(node->fdt, node_offset(node), "ranges", &len);
	int entry = CHILD_ADDRESS + 2 + CHILD_SIZE;

	/* The parent's addresses are taken in two cells, as all such machines have them. */
	if (!ranges || parent != 2 || len % (entry * CELL)) {
		node_say(node, "ranges not of 3, 2 and 2 cells", "its BARs are not assigned");
		return;
	}
	for (int at = 0; at < len / CELL; at += entry)
		take_window(pci, ranges + at, read_64(ranges + at + CHILD_ADDRESS));
}

/* Cells that the interrupt parent's own address takes in an entry of the map; -EINVAL. */
static int parent_address_cells(const struct fdt_node *node, uint32_t phandle)
{
	int gic = fdt_node_offset_by_phandle(node->fdt, phandle);
	int len;

	if (gic < 0)
		return -EINVAL;
	return fdt_getprop(node->fdt, gic, "#address-cells", &len)
		       ? fdt_address_cells(node->fdt, gic)
		       : 0;
}

/* One entry of the map, `left` cells from it to the end; how many it takes, or -EINVAL. */
static int take_line(const struct fdt_node *node, const struct fdt_reader *reader,
		     struct machine_pci *pci, const fdt32_t *entry, int left)
{
	struct machine_pci_line line;
	int head = CHILD_ADDRESS + PIN_CELLS + 1, address, cells;

	if (left < head)
		return -EINVAL;
	address = parent_address_cells(node, fdt32_ld(entry + head - 1));
	if (address < 0 || address > 2)
		return -EINVAL;
	cells = head + address + (int)reader->interrupt_cells;
	if (left < cells)
		return -EINVAL;
	line.function = fdt32_ld(entry) & pci->line_mask;
	line.pin = fdt32_ld(entry + CHILD_ADDRESS) & pci->pin_mask;
	if (!gic_number(fdt32_ld(entry + head + address), fdt32_ld(entry + head + address + 1),
			&line.interrupt))
		pci->line[pci->nr_lines++] = line;
	return cells;
}

static void read_lines(const struct fdt_node *node, const struct fdt_reader *reader,
		       struct machine_pci *pci)
{
	int len, masks, cells = 0;
	const fdt32_t *map = fdt_getprop(node->fdt, node_offset(node), "interrupt-map", &len);
	const fdt32_t *mask =
		fdt_getprop(node->fdt, node_offset(node), "interrupt-map-mask", &masks);

	if (!map || !mask || masks != (CHILD_ADDRESS + PIN_CELLS) * CELL) {
		node_say(node, "no interrupt-map", "its devices have no interrupts");
		return;
	}
	pci->line_mask = fdt32_ld(mask);
	pci->pin_mask = fdt32_ld(mask + CHILD_ADDRESS);
	/* No more are looked at than there is room for: each costs a search of the tree. */
	for (int at = 0, n = 0; at < len / CELL && n < MACHINE_PCI_LINES_MAX; at += cells, n++) {
		cells = take_line(node, reader, pci, map + at, len / CELL - at);
		if (cells < 0) {
			node_say(node, "invalid interrupt-map", "used in part");
			return;
		}
	}
}

/* Those of bus-range, all without one, as far as there is configuration space for them. */
static void read_buses(const struct fdt_node *node, struct machine_pci *pci)
{
	int len;
	const fdt32_t *range = fdt_getprop(node->fdt, node_offset(node), "bus-range", &len);
	uint64_t room = pci->config.size / BUS_BYTES;

	pci->last_bus = BUSES - 1;
	if (range && len == 2 * CELL && fdt32_ld(range) <= fdt32_ld(range + 1) &&
	    fdt32_ld(range + 1) < BUSES) {
		pci->first_bus = fdt32_ld(range);
		pci->last_bus = fdt32_ld(range + 1);
	} else if (range) {
		node_say(node, "invalid bus-range", "assuming all buses");
	}
	if (pci->last_bus - pci->first_bus >= room)
		pci->last_bus = pci->first_bus + (unsigned int)room - 1;
}

static bool is_in_bank(const struct machine *m, const struct machine_range *range)
{
	for (unsigned int i = 0; i < m->nr_banks; i++)
		if (range->base < m->bank[i].base + m->bank[i].size &&
		    m->bank[i].base < range->base + range->size)
			return true;
	return false;
}

void pci_leave_memory(struct machine *m)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < m->nr_pci; i++) {
		struct machine_pci *pci = &m->pci[i];

		if (is_in_bank(m, &pci->io))
			pci->io = (struct machine_range){0};
		if (is_in_bank(m, &pci->config))
			printk("device tree: PCI configuration space at %llx overlaps memory: its "
			       "devices are ignored\n",
			       (unsigned long long)pci->config.base);
		else
			m->pci[nr++] = *pci;
	}
	m->nr_pci = nr;
}

void pci_read(const struct fdt_node *node, struct fdt_reader *reader)
{
	struct machine_pci *pci = &reader->m->pci[reader->m->nr_pci];
	struct machine_range config;
	int err = reader->m->nr_pci == MACHINE_PCI_MAX ? -ENOSPC : node_reg(node, 0, &config);

	if (err || config.size < BUS_BYTES || config.base % BUS_BYTES) {
		node_say(node, err ? node_why(err) : "configuration space too small",
			 "its devices are ignored");
		return;
	}
	pci->config = config;
	read_buses(node, pci);
	read_windows(node, pci);
	read_lines(node, reader, pci);
	reader->m->nr_pci++;
}
