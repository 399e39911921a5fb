/* SPDX-License-Identifier: MIT */
/* Nodes of the device tree (Devicetree Specification 0.4, 2.2 and 2.3). Reads nothing but the tree.
 */
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <libfdt.h>

#include "fdt_node.h"

#define CELL 4 /* bytes */

/* Interrupts of the GIC's binding: a kind, a number, flags. */
enum { KIND_SPI, KIND_PPI };
#define PPI_FIRST 16U
#define PPIS	  16U
#define SPI_FIRST 32U
#define SPIS	  988U

struct cells {
	int address, size;
};

void node_walk(const void *fdt, void (*visit)(const struct fdt_node *, struct fdt_reader *),
	       struct fdt_reader *reader)
{
	struct fdt_node node = {.fdt = fdt};
	int depth = 0;

	for (int at = 0; at >= 0 && depth >= 0; at = fdt_next_node(fdt, at, &depth)) {
		if ((unsigned int)depth >= NODE_DEPTH_MAX)
			continue;
		node.depth = (unsigned int)depth;
		node.offset[depth] = at;
		visit(&node, reader);
	}
}

static const char *node_name(const struct fdt_node *node)
{
	const char *name = fdt_get_name(node->fdt, node_offset(node), NULL);

	return name && *name ? name : "/";
}

bool node_is_called(const struct fdt_node *node, const char *name)
{
	const char *full = node_name(node);
	size_t n = strlen(name);

	return node->depth == 1 && !strncmp(full, name, n) && (!full[n] || full[n] == '@');
}

bool node_is_compatible(const struct fdt_node *node, const char *compatible)
{
	return !fdt_node_check_compatible(node->fdt, node_offset(node), compatible);
}

const char *fdt_text(const void *fdt, int offset, const char *property)
{
	int len;
	const char *text = fdt_getprop(fdt, offset, property, &len);

	return text && len > 0 && memchr(text, '\0', (size_t)len) ? text : NULL;
}

bool node_is_enabled(const struct fdt_node *node)
{
	for (unsigned int i = 0; i <= node->depth; i++) {
		const char *status = fdt_text(node->fdt, node->offset[i], "status");

		if (status && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0)
			return false;
	}
	return true;
}

static uint64_t read_cells(const fdt32_t *cell, int nr)
{
	uint64_t value = 0;

	for (; nr; nr--, cell++)
		value = value << 32 | fdt32_ld(cell);
	return value;
}

/* How the children of a node at this depth write addresses and sizes. */
static int read_cell_counts(const struct fdt_node *node, unsigned int depth, struct cells *cells)
{
	cells->address = fdt_address_cells(node->fdt, node->offset[depth]);
	cells->size = fdt_size_cells(node->fdt, node->offset[depth]);
	return cells->address < 1 || cells->address > 2 || cells->size < 1 || cells->size > 2
		       ? -EINVAL
		       : 0;
}

int node_regs(const struct fdt_node *node, unsigned int *nr)
{
	struct cells cells;
	int len, entry;

	*nr = 0;
	if (!node->depth || !fdt_getprop(node->fdt, node_offset(node), "reg", &len))
		return 0;
	if (read_cell_counts(node, node->depth - 1, &cells))
		return -EINVAL;
	entry = (cells.address + cells.size) * CELL;
	*nr = (unsigned int)(len / entry);
	return len % entry ? -EINVAL : 0;
}

/* Does an entry of ranges, made of a child's address, its parent's and a size, hold all of it? */
static bool entry_holds(const fdt32_t *entry, const struct cells *child, int parent_address,
			struct machine_range *range)
{
	uint64_t from = read_cells(entry, child->address);
	uint64_t to = read_cells(entry + child->address, parent_address);
	uint64_t size = read_cells(entry + child->address + parent_address, child->size);

	if (range->base < from || range->base - from >= size ||
	    range->size > size - (range->base - from))
		return false;
	range->base -= from;
	range->base = range->base > UINT64_MAX - to ? UINT64_MAX : range->base + to;
	return true;
}

/* From addresses of the bus at this depth to those of the bus above it. */
static int leave_bus(const struct fdt_node *node, unsigned int depth, struct machine_range *range)
{
	struct cells child, parent;
	int len, entry;
	const fdt32_t *ranges = fdt_getprop(node->fdt, node->offset[depth], "ranges", &len);

	if (!ranges || read_cell_counts(node, depth, &child) ||
	    read_cell_counts(node, depth - 1, &parent))
		return -ENODEV;
	entry = child.address + parent.address + child.size;
	if (len % (entry * CELL))
		return -ENODEV;
	for (int i = 0; i < len / CELL; i += entry)
		if (entry_holds(ranges + i, &child, parent.address, range))
			return 0;
	return len ? -ENODEV : 0; /* empty: all of it, as it is */
}

static bool is_addressable(const struct machine_range *range)
{
	return range->base < MACHINE_ADDR_MAX && range->size <= MACHINE_ADDR_MAX - range->base;
}

int node_reg(const struct fdt_node *node, unsigned int index, struct machine_range *range)
{
	const fdt32_t *reg = fdt_getprop(node->fdt, node_offset(node), "reg", NULL);
	struct machine_range at;
	struct cells cells;
	unsigned int nr;

	/* A list that is cut off is one up to there. */
	if (node_regs(node, &nr) && !nr)
		return -EINVAL;
	if (index >= nr || read_cell_counts(node, node->depth - 1, &cells))
		return -EINVAL;
	reg += index * (unsigned int)(cells.address + cells.size);
	at.base = read_cells(reg, cells.address);
	at.size = read_cells(reg + cells.address, cells.size);
	for (unsigned int bus = node->depth - 1; bus; bus--) {
		int err = leave_bus(node, bus, &at);

		if (err)
			return err;
	}
	if (!is_addressable(&at))
		return -ERANGE;
	*range = at;
	return 0;
}

int gic_number(uint32_t kind, uint32_t n, unsigned int *interrupt)
{
	if ((kind != KIND_SPI || n >= SPIS) && (kind != KIND_PPI || n >= PPIS))
		return -EINVAL;
	*interrupt = n + (kind == KIND_SPI ? SPI_FIRST : PPI_FIRST);
	return 0;
}

int node_interrupt(const struct fdt_node *node, const struct fdt_reader *reader, unsigned int index,
		   unsigned int *interrupt)
{
	int len, at = (int)(index * reader->interrupt_cells);
	const fdt32_t *cell = fdt_getprop(node->fdt, node_offset(node), "interrupts", &len);

	if (!cell || at + (int)reader->interrupt_cells > len / CELL)
		return -ENOENT;
	return gic_number(fdt32_ld(cell + at), fdt32_ld(cell + at + 1), interrupt);
}

const char *node_why(int err)
{
	switch (err) {
	case -ENODEV:
		return "address outside the ranges of a parent bus";
	case -ERANGE:
		return "address above 48 bits";
	case -ENOSPC:
		return "too many of this kind";
	default:
		return "invalid reg";
	}
}

void node_say(const struct fdt_node *node, const char *why, const char *so)
{
	printk("device tree: %.64s: %s: %s\n", node_name(node), why, so);
}

int node_cell(const struct fdt_node *node, const char *property, uint32_t otherwise,
	      uint32_t *value)
{
	int len;
	const fdt32_t *cell = fdt_getprop(node->fdt, node_offset(node), property, &len);

	*value = cell && len == sizeof(*cell) ? fdt32_ld(cell) : otherwise;
	return cell && len != sizeof(*cell) ? -EINVAL : 0;
}

bool node_registers(const struct fdt_node *node, unsigned int index,
		    struct machine_range *registers)
{
	struct machine_range range;
	int err = node_reg(node, index, &range);

	if (!err && !range.size)
		err = -EINVAL;
	if (err)
		node_say(node, node_why(err), "device ignored");
	else
		*registers = range;
	return !err;
}
